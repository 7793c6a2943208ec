import ArgumentParser
import Diagnosis
import Foundation
import Learning

/// `hilum evaluate source`.
struct EvaluateSourceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "source",
        abstract: "How well an image's source can be told from what the classifier sees.",
        discussion: """
            A linear classifier of the network's averaged features is fitted to four fifths of the images' groups and \
            judged on the rest, five times. Near chance, there is nothing left to learn a source by.
            """)

    @OptionGroup var options: EvaluateOptions

    func run() async throws {
        let rows = try options.rows()
        let bundle = try options.loadBundle()
        let run = EvaluationRun(
            pipeline: try Pipeline(bundle: bundle, threads: options.threads), keepsFeatures: true)
        let images = EvaluatedImages<ImageResult>(
            options: options, heading: try .init(options, bundle, test: "source"),
            label: "source", path: \.path)
        let test = SourceTest(try images.results(rows, make: run.result))
        if options.json { return try JSONLine.print(test) }
        print(SourceText(test).text)
    }
}
