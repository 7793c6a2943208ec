import Foundation
import Learning

/// An evaluation of classes for people.
struct ClassificationText {
    private let summary: ClassificationSummary

    init(_ summary: ClassificationSummary) {
        self.summary = summary
    }

    var text: String {
        var lines = ["\(summary.images) images"]
        for (name, value) in [
            ("accuracy", summary.accuracy), ("macroPrecision", summary.macroPrecision),
            ("macroRecall", summary.macroRecall), ("macroF1", summary.macroF1), ("macroAUC", summary.macroAUC),
            ("ece", summary.ece),
        ] {
            lines.append(TextTable.line(name, value, summary.intervals[name]))
        }
        if summary.images > 0 { lines += matrix }
        if !summary.perSource.isEmpty { lines.append("") }
        for (name, part) in summary.perSource.sorted(by: { $0.key < $1.key }) {
            lines.append(TextTable.line("\(name) (\(part.images))", part.accuracy, part.accuracyInterval))
        }
        if summary.images > 0 { lines += ["", "review: \(summary.review.images) of \(summary.images)"] }
        lines += summary.review.reasons.sorted { $0.key < $1.key }.map { "  \($0.key) \($0.value)" }
        for (name, other) in summary.others.sorted(by: { $0.key < $1.key }) {
            lines.append(
                TextTable.line("\(name) (\(other.images)): review", other.review, other.reviewInterval))
            lines.append(
                TextTable.line(
                    "\(name): review or abnormal", other.reviewOrAbnormal, other.reviewOrAbnormalInterval))
        }
        return lines.joined(separator: "\n")
    }

    private var matrix: [String] {
        let widest = (summary.classes.map(\.count).max() ?? 0) + 2
        var lines = ["", "truth \\ answer".padding(widest) + summary.classes.map { $0.padded(to: widest) }.joined()]
        for (name, row) in zip(summary.classes, summary.confusion) {
            lines.append(name.padding(widest) + row.map { "\($0)".padded(to: widest) }.joined())
        }
        if summary.withoutClass > 0 { lines.append("no lungs, no class: \(summary.withoutClass)") }
        return lines
    }
}

/// An evaluation of lungs for people.
struct LungText {
    private let summary: LungSummary

    init(_ summary: LungSummary) {
        self.summary = summary
    }

    var text: String {
        var lines = ["\(summary.images) images, masks with the \(summary.convention.rawValue)"]
        for (name, value) in [
            ("iou.right", summary.iou.right), ("iou.left", summary.iou.left),
            ("pixelAccuracy", summary.pixelAccuracy), ("macroPrecision", summary.macroPrecision),
            ("macroRecall", summary.macroRecall), ("macroF1", summary.macroF1),
        ] {
            lines.append(TextTable.line(name, value, summary.intervals[name]))
        }
        for (name, part) in summary.perSource.sorted(by: { $0.key < $1.key }) {
            lines.append(
                "\(name) (\(part.images)): IoU right \(TextTable.number(part.iou.right)), left "
                    + TextTable.number(part.iou.left)
                    + (part.undisputed.map {
                        "; undisputed: outside \(TextTable.number($0.outside)), inside \(TextTable.number($0.inside)), "
                            + "covered \(TextTable.number($0.covered))"
                    } ?? ""))
        }
        return lines.joined(separator: "\n")
    }
}

/// How well sources were told, for people.
struct SourceText {
    private let test: SourceTest

    init(_ test: SourceTest) {
        self.test = test
    }

    var text: String {
        var lines = [
            "\(test.images) images of \(test.sources.count) sources",
            TextTable.line("accuracy", test.accuracy, test.interval),
            TextTable.line("macroRecall", test.macroRecall, nil),
            TextTable.line("chance", test.chance, nil),
            TextTable.line("chance who knows the class", test.chanceGivenClass, nil),
        ]
        lines += test.perSource.sorted { $0.key < $1.key }.map {
            TextTable.line("\($0.key) (\($0.value.images))", $0.value.recall, nil)
        }
        return lines.joined(separator: "\n")
    }
}

private enum TextTable {
    static func number(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "-" }

    static func line(_ name: String, _ value: Double?, _ interval: Interval?) -> String {
        name.padding(34) + number(value) + (interval.map { "  (\(number($0.low)) to \(number($0.high)))" } ?? "")
    }
}

extension String {
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
    fileprivate func padded(to width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }
}
