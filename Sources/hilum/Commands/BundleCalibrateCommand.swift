import ArgumentParser
import Diagnosis
import Foundation
import Imaging
import Learning
import NeuralNetworks

/// `hilum bundle calibrate`: the ranges of the classification's activations over some images, which int8 is made with.
struct BundleCalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Record the ranges that int8 wants from radiographs.",
        discussion: """
            Writes a file for the bundle's key radiograph.calibration. Some hundred images of all classes do, none of \
            them from a split that results are stated for.
            """)

    @Option(help: "A CSV file with the columns path, class, source and split; paths are relative to its folder.")
    var manifest: String

    @Option(help: "The bundle's folder; without it, the one that analyses use.")
    var bundle: String?

    @Option(help: "The split to take images from.")
    var split = "train"

    @Option(help: "At most so many images of each class.")
    var perClass = 32

    @Option(help: "Threads of the networks.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(name: .shortAndLong, help: "The file to write.")
    var output: String

    func run() async throws {
        let file = try ResultFile(output)
        let folder = try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let pipeline = try Pipeline(
            bundle: ModelBundle.load(from: folder), threads: threads, precision: .f32, recordsRanges: true)
        let rows = try ImageChoice(split: split).rows(of: LabelledManifest(contentsOf: URL(filePath: manifest)))
            .spread(perClass: perClass)
        let progress = ProgressBar("calibrate", total: rows.count)
        for row in rows {
            _ = try pipeline.analyse(RadiographInput(grey: try ImageFile.readGrey(row.path)))
            progress.advance()
        }
        progress.finish()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try file.write(encoder.encode(pipeline.ranges))
        print("\(output): ranges of \(pipeline.ranges.ranges.count) layers over \(rows.count) images")
    }
}
