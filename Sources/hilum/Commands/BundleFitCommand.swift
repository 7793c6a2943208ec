import ArgumentParser
import Diagnosis
import Foundation
import Learning
import Studies

/// `hilum bundle fit`: temperature, thresholds and texture domains from labelled images, as lines for `bundle.yaml`
/// and `texture-profiles.yaml`. Hidden: it is run once for a bundle, by whoever makes it.
struct BundleFitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fit", abstract: "Fit a bundle's thresholds to labelled images.", shouldDisplay: false)

    @Option(help: "A CSV file with the columns path, class, source and split; paths are relative to its folder.")
    var manifest: String

    @Option(help: "The bundle's folder; without it, the one that analyses use.")
    var bundle: String?

    @Option(help: "The split to fit thresholds to.")
    var split = "val"

    @Option(help: "Sources to leave out.")
    var exclude: [String] = []

    @Flag(help: "The images are CT slices.")
    var ct = false

    @Option(help: "At most so many images of each class.")
    var perClass = 150

    @Option(help: "Threads of the networks.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "Write each image's measurements to this CSV file.")
    var table: String?

    func run() async throws {
        let file = try table.map(ResultFile.init)
        let folder = try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let loaded = try ModelBundle.load(from: folder)
        let pipeline = try Pipeline(bundle: loaded, threads: threads)
        let kind = ct ? ImageKind.ct : .radiograph
        guard !loaded.classes(for: kind).isEmpty else {
            Exit.complain("\(folder.path) has no classes for \(ct ? "CT" : "radiographs"), name another bundle")
            throw Exit.failed
        }
        let run = EvaluationRun(pipeline: pipeline, kind: kind)
        let rows = try ImageChoice(split: split).rows(of: LabelledManifest(contentsOf: URL(filePath: manifest)))
            .filter { !exclude.contains($0.source) }
            .spread(perClass: perClass)
        guard !rows.isEmpty else {
            Exit.complain("\(manifest) has no images of the split \(split) besides the excluded sources")
            throw Exit.failed
        }
        let progress = ProgressBar("fit", total: rows.count)
        let measured = try rows.map { row in
            defer { progress.advance() }
            return try run.fitted(row)
        }
        progress.finish()
        let classes = loaded.classes(for: kind)
        let normal = ct ? loaded.configuration.ct.classification?.normal : loaded.configuration.radiograph?.normal
        let fit = FitReport(measured, classes: classes, normal: normal ?? .normal)
        print(fit.text)
        try file?.write(Data(fit.table.map(CSV.line).joined().utf8))
    }
}
