import ArgumentParser
import Diagnosis
import Foundation
import Learning

/// `hilum evaluate lungs`.
struct EvaluateLungsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lungs",
        abstract: "Agreement of the lungs with masks.",
        discussion: """
            The manifest has the columns mask_path and convention too. The headline is about masks that leave the heart \
            out; where masks include it, agreement is stated where both conventions must say the same.
            """)

    @OptionGroup var options: EvaluateOptions

    /// What `--json` prints: the summary's keys, and these.
    struct Output: Encodable {
        var summary: LungSummary
        var bundle: BundleIdentity
        var split: String

        private enum Key: CodingKey { case bundle, split }

        func encode(to encoder: any Encoder) throws {
            try summary.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(bundle, forKey: .bundle)
            try container.encode(split, forKey: .split)
        }
    }

    func run() async throws {
        let rows = try options.rows()
        let bundle = try options.loadBundle()
        let run = EvaluationRun(pipeline: try Pipeline(bundle: bundle, threads: options.threads))
        let images = EvaluatedImages<LungAgreement>(
            options: options, heading: try .init(options, bundle, test: "lungs"),
            label: "lungs", path: \.path)
        let results = try images.results(rows, make: run.agreement)
        let output = Output(
            summary: LungSummary(results, resamples: options.resamples), bundle: bundle.identity, split: options.split)
        if let files = try options.reportFiles() {
            _ = try files.write(LungReport(output.summary, subtitle: options.subtitle(bundle)))
        }
        if options.json { return try JSONLine.print(output) }
        print(LungText(output.summary).text)
    }
}
