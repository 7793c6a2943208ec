public import ArgumentParser
import Diagnosis
import Foundation
public import Learning

/// `hilum evaluate classes`.
struct EvaluateClassesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classes",
        abstract: "Accuracy, confusion, calibration and intervals of the classes of radiographs.",
        discussion: """
            Every image goes through the whole pipeline. It counts by its most probable class, whatever the rules of \
            review say; reviews are counted apart. bacterial_pneumonia counts as lung_opacity.
            """)

    @OptionGroup var options: EvaluateOptions

    @Option(help: "paper: the sources of the paper's database, one for each class.")
    var composition: ImageChoice.Composition?

    @Option(help: "Show the classifier blank-lungs, outline, rim or border instead of the image.")
    var shortcut: ShortcutTest?

    /// What `--json` prints: the summary's keys, and these.
    struct Output: Encodable {
        var summary: ClassificationSummary
        var bundle: BundleIdentity
        var split: String
        var shortcut: ShortcutTest?
        var texture: [String: [String: TextureSummary]]

        private enum Key: CodingKey { case bundle, split, shortcut, texture }

        func encode(to encoder: any Encoder) throws {
            try summary.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(bundle, forKey: .bundle)
            try container.encode(split, forKey: .split)
            try container.encodeIfPresent(shortcut, forKey: .shortcut)
            try container.encode(texture, forKey: .texture)
        }
    }

    func run() async throws {
        let rows = try options.rows(composition: composition)
        let bundle = try options.loadBundle()
        guard let settings = bundle.configuration.radiograph else {
            Exit.complain("\(bundle.folder.path) has no classes for radiographs, name another bundle")
            throw Exit.failed
        }
        let run = EvaluationRun(
            pipeline: try Pipeline(bundle: bundle, threads: options.threads), shortcut: shortcut)
        let images = EvaluatedImages<ImageResult>(
            options: options,
            heading: .init(bundle: bundle.identity, manifest: options.manifest, test: shortcut?.rawValue ?? "none"),
            label: shortcut.map { "classes-" + $0.rawValue } ?? "classes", path: \.path)
        let results = try images.results(rows, make: run.result)
        let output = Output(
            summary: ClassificationSummary(
                results, classes: settings.classes.map(\.rawValue), normal: settings.normal.rawValue,
                resamples: options.resamples),
            bundle: bundle.identity, split: options.split, shortcut: shortcut,
            texture: TextureSummary.summaries(results))
        if let files = try options.reportFiles() {
            let test = shortcut.map { "; shown to the classifier: \($0.rawValue)" } ?? ""
            let part = composition.map { ", composition \($0.rawValue)" } ?? ""
            let report = ClassificationReport(
                output.summary, texture: output.texture, subtitle: options.subtitle(bundle) + part + test)
            _ = try files.write(report, name: images.label)
        }
        if options.json { return try JSONLine.print(output) }
        print(ClassificationText(output.summary).text)
    }
}

extension ImageChoice.Composition: ExpressibleByArgument {}
extension ShortcutTest: ExpressibleByArgument {}
