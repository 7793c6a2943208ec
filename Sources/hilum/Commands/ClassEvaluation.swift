import Diagnosis
import Foundation
import Learning

/// What `hilum evaluate classes` and `hilum evaluate ct` do with their images.
struct ClassEvaluation {
    let options: EvaluateOptions
    let run: EvaluationRun
    let classes: [FindingClass]
    let normal: FindingClass
    /// The file's name of results and report.
    let label: String
    /// What was left out.
    var without: Ablation?
    /// What the report's page says below its title beside bundle and images.
    let remark: String

    /// What `--json` prints: the summary's keys, and these.
    private struct Output: Encodable {
        var summary: ClassificationSummary
        var bundle: BundleIdentity
        var split: String
        var shortcut: ShortcutTest?
        var without: Ablation?
        var texture: [String: [String: TextureSummary]]

        private enum Key: CodingKey { case bundle, split, shortcut, without, texture }

        func encode(to encoder: any Encoder) throws {
            try summary.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(bundle, forKey: .bundle)
            try container.encode(split, forKey: .split)
            try container.encodeIfPresent(shortcut, forKey: .shortcut)
            try container.encodeIfPresent(without, forKey: .without)
            try container.encode(texture, forKey: .texture)
        }
    }

    /// What results of other tests must not be mixed with.
    private var test: String {
        let parts = [run.shortcut?.rawValue, without.map { "without \($0.rawValue)" }].compactMap(\.self)
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }

    func run(_ rows: [LabelledManifest.Row]) throws {
        let bundle = run.pipeline.bundle
        let images = EvaluatedImages<ImageResult>(
            options: options,
            heading: try .init(options, bundle, test: test),
            label: label, path: \.path)
        let results = try images.results(rows, make: run.result)
        let output = Output(
            summary: ClassificationSummary(
                results, classes: classes.map(\.rawValue), normal: normal.rawValue, resamples: options.resamples),
            bundle: bundle.identity, split: options.split, shortcut: run.shortcut, without: without,
            texture: TextureSummary.summaries(results))
        if let files = try options.reportFiles() {
            let report = ClassificationReport(
                output.summary, texture: output.texture, subtitle: options.subtitle(bundle) + remark)
            _ = try files.write(report, name: label)
        }
        if options.json { return try JSONLine.print(output) }
        print(ClassificationText(output.summary).text)
    }
}
