/// One page about short trainings that are compared.
public struct TrialReport: Sendable {
    public let results: [TrialResult]
    public let title: String
    /// What the comparison says, and what it does not.
    public let note: String

    public static func leftOut(_ results: [TrialResult]) -> TrialReport {
        TrialReport(
            results: results, title: "Sources that were left out",
            note:
                "Each training saw no image of the sources that judge it. Teixeira et al. (2021) report an F1 of 0.74 "
                + "for segmented lungs on a source that was left out.")
    }

    public static func transfer(_ results: [TrialResult]) -> TrialReport {
        TrialReport(
            results: results, title: "Transfer and training from random values",
            note:
                "The same images, steps and sizes; only the start and what depends on it differ (the paper's Table 3).")
    }

    private static let header = [
        "", "start", "learned from", "judged by", "accuracy", "F1, mean", "accuracy, known sources",
    ]

    private var classes: [String] { results.first?.summary.classes ?? [] }

    private var rows: [[String]] {
        results.map { result in
            let summary = result.summary
            let recalls = classes.map { name in
                summary.perClass[name].map { "\(Numbers.share($0.recall)) of \($0.images)" } ?? ""
            }
            return [
                result.name, result.start ?? "random values", "\(result.learned)", "\(summary.images)",
                Numbers.share(summary.accuracy, summary.intervals["accuracy"]),
                Numbers.share(summary.macroF1, summary.intervals["macroF1"]),
                result.seen.map { Numbers.share($0.accuracy, $0.intervals["accuracy"]) } ?? "",
            ] + recalls
        }
    }

    /// For a terminal.
    public var text: String { (results.map(\.text) + [note]).joined(separator: "\n") }

    /// A page that stands alone.
    public var html: String {
        let header = Self.header + classes.map { "recall, " + Words.readable($0) }
        let stages = results.first.map { "stages \($0.stages)" } ?? ""
        return HTML.page(title, subtitle: stages, [HTML.section("Result", HTML.table(header, rows), note: note)])
    }
}

extension TrialResult {
    /// For a terminal.
    public var text: String {
        let recalls = summary.classes.compactMap { name in
            summary.perClass[name].map { "\(name) \(Numbers.share($0.recall))" }
        }
        return "\(name) (\(summary.images) images): accuracy "
            + Numbers.share(summary.accuracy, summary.intervals["accuracy"]) + ", F1 " + Numbers.share(summary.macroF1)
            + (seen.map { ", known sources \(Numbers.share($0.accuracy))" } ?? "") + "\n  recall: "
            + recalls.joined(separator: ", ")
    }
}
