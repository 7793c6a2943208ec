/// One page about an evaluation of lungs, to read and to print.
public struct LungReport: Sendable {
    public let summary: LungSummary
    /// What was evaluated: bundle, manifest, split.
    public var subtitle: String

    public init(_ summary: LungSummary, subtitle: String) {
        self.summary = summary
        self.subtitle = subtitle
    }

    /// A page that stands alone.
    public var html: String {
        HTML.page(
            "Evaluation of lungs", subtitle: subtitle,
            [
                HTML.section(
                    "Result", headline,
                    note:
                        "Masks with the \(summary.convention.rawValue). IoU is the mean over images; the others count "
                        + "all pixels, their means being over background, right and left lung. The paper: 0.8899, 0.8342, "
                        + "0.8597, 0.8447 for pixel accuracy, precision, recall and F1."),
                HTML.section("Sources", table(summary.perSource)),
                HTML.section(
                    "Conventions", table(summary.perConvention),
                    note:
                        "Where masks include the heart's shadow, agreement is stated where both conventions must say the "
                        + "same: outside the mask, and inside our lungs."),
                HTML.section(
                    "Least agreement",
                    HTML.table(["image", "IoU"], summary.worst.map { [$0.path, Numbers.share($0.iou)] })),
            ])
    }

    private var headline: String {
        let rows: [(String, String, Double?)] = [
            ("IoU, right lung", "iou.right", summary.iou.right), ("IoU, left lung", "iou.left", summary.iou.left),
            ("IoU, mean", "meanIoU", summary.meanIoU), ("Pixel accuracy", "pixelAccuracy", summary.pixelAccuracy),
            ("Precision", "macroPrecision", summary.macroPrecision), ("Recall", "macroRecall", summary.macroRecall),
            ("F1", "macroF1", summary.macroF1),
        ]
        return HTML.table(
            ["\(summary.images) images", ""], rows.map { [$0.0, Numbers.share($0.2, summary.intervals[$0.1])] })
    }

    private func table(_ parts: [String: LungSummary.Part]) -> String {
        HTML.table(
            ["", "images", "IoU right", "IoU left", "pixels", "F1", "outside", "inside", "covered"],
            parts.sorted { $0.key < $1.key }.map { name, part in
                [name, "\(part.images)"]
                    + [part.iou.right, part.iou.left, part.pixelAccuracy, part.macroF1].map { Numbers.share($0) }
                    + (part.undisputed.map { [$0.outside, $0.inside, $0.covered].map { Numbers.share($0) } }
                        ?? ["", "", ""])
            })
    }
}
