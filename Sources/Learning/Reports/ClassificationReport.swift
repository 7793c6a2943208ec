/// One page about an evaluation of classes, to read and to print.
public struct ClassificationReport: Sendable {
    public let summary: ClassificationSummary
    /// Table 1's features by class.
    public var texture: [String: [String: TextureSummary]]
    /// What was evaluated: bundle, manifest, split.
    public var subtitle: String

    public init(_ summary: ClassificationSummary, texture: [String: [String: TextureSummary]] = [:], subtitle: String) {
        self.summary = summary
        self.texture = texture
        self.subtitle = subtitle
    }

    /// Heat map of the confusion matrix.
    public var confusion: Figure { ConfusionFigure(classes: summary.classes, counts: summary.confusion).figure }

    /// Accuracy against confidence.
    public var reliability: Figure { ReliabilityFigure(summary.reliability).figure }

    /// A page that stands alone.
    public var html: String {
        var sections = [
            HTML.section(
                "Result", headline,
                note: "Intervals of 95 %: Wilson's for shares, else by bootstrap over patients. An image counts by its "
                    + "most probable class, whatever the rules of review say."),
            HTML.section("Confusion and calibration", HTML.figures([confusion, reliability])),
            HTML.section("Classes", classes), HTML.section("Sources", sources),
            HTML.section("Review", review),
        ]
        if !summary.others.isEmpty { sections.append(HTML.section("Without a class of their own", others)) }
        if !table1.isEmpty {
            sections.append(
                HTML.section(
                    "Texture",
                    HTML.table(["class", "feature", "images", "mean", "deviation", "2.5 %", "97.5 %"], table1),
                    note: "Table 1 of the paper: features of the masked image."))
        }
        return HTML.page("Evaluation of classes", subtitle: subtitle, sections)
    }

    private var headline: String {
        let rows: [(String, Double?)] = [
            ("accuracy", summary.accuracy), ("macroPrecision", summary.macroPrecision),
            ("macroRecall", summary.macroRecall), ("macroF1", summary.macroF1), ("macroAUC", summary.macroAUC),
            ("ece", summary.ece),
        ]
        let names = [
            "accuracy": "Accuracy", "macroPrecision": "Precision, mean of the classes",
            "macroRecall": "Recall, mean of the classes", "macroF1": "F1, mean of the classes",
            "macroAUC": "Area under the curve, mean of the classes", "ece": "Expected calibration error",
        ]
        var cells = rows.map { [names[$0.0] ?? $0.0, Numbers.share($0.1, summary.intervals[$0.0])] }
        cells.append(["Always the most frequent class", Numbers.share(summary.largestClass)])
        cells += summary.accuracyNarrowed.sorted { $0.key < $1.key }.map {
            ["Accuracy, narrowed by the texture profile \($0.key)", Numbers.share($0.value)]
        }
        return HTML.table(["\(summary.images) images", ""], cells)
    }

    private var classes: String {
        HTML.table(
            ["class", "images", "precision", "recall", "F1", "AUC"],
            summary.classes.compactMap { name in
                summary.perClass[name].map { part in
                    [
                        Words.readable(name), "\(part.images)",
                        Numbers.share(part.precision, summary.intervals["precision." + name]),
                        Numbers.share(part.recall, summary.intervals["recall." + name]),
                        Numbers.share(part.f1, summary.intervals["f1." + name]),
                        Numbers.share(part.auc, summary.intervals["auc." + name]),
                    ]
                }
            })
    }

    private var sources: String {
        HTML.table(
            ["source", "images", "accuracy", "recall, mean"] + summary.classes.map { "recall, " + Words.readable($0) },
            summary.perSource.sorted { $0.key < $1.key }.map { name, part in
                [name, "\(part.images)", Numbers.share(part.accuracy, part.accuracyInterval)]
                    + [Numbers.share(part.macroRecall)]
                    + summary.classes.map { key in
                        part.classes[key].map { "\(Numbers.share($0.recall)) of \($0.images)" } ?? ""
                    }
            })
    }

    private var review: String {
        HTML.table(
            ["reason", "images"],
            [["all", "\(summary.review.images) (\(Numbers.share(summary.review.share)))"]]
                + summary.review.reasons.sorted { $0.key < $1.key }.map { [Words.readable($0.key), "\($0.value)"] }
                + [["accuracy of the others", Numbers.share(summary.review.accuracyOfOthers)]])
    }

    private var others: String {
        HTML.table(
            ["", "images", "review", "review or abnormal"],
            summary.others.sorted { $0.key < $1.key }.map { name, part in
                [
                    Words.readable(name), "\(part.images)", Numbers.share(part.review, part.reviewInterval),
                    Numbers.share(part.reviewOrAbnormal, part.reviewOrAbnormalInterval),
                ]
            })
    }

    private var table1: [[String]] {
        texture.sorted { $0.key < $1.key }.flatMap { name, features in
            TextureSummary.table1.compactMap { feature in
                features[feature].map { value in
                    [
                        Words.readable(name), feature, "\(value.images)", Numbers.plain(value.mean),
                        Numbers.plain(value.deviation), Numbers.plain(value.lowPercentile),
                        Numbers.plain(value.highPercentile),
                    ]
                }
            }
        }
    }
}
