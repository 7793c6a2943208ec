/// How well lungs were found (method §3): what `hilum evaluate lungs --json` prints.
public struct LungSummary: Codable, Hashable, Sendable {
    /// Of some images.
    public struct Part: Codable, Hashable, Sendable {
        public var images: Int
        /// Mean over the images.
        public var iou: Sides
        /// The following over all pixels of all images; precision, recall and F1 as means over background, right and
        /// left lung.
        public var pixelAccuracy: Double?
        public var macroPrecision: Double?
        public var macroRecall: Double?
        public var macroF1: Double?
        /// With masks that include the heart only.
        public var undisputed: UndisputedAgreement?
    }

    /// The patient's.
    public struct Sides: Codable, Hashable, Sendable {
        public var right: Double?
        public var left: Double?
    }

    public var images: Int
    /// Whose masks the headline is about: `heart left out`, unless only masks of the other convention were chosen.
    public var convention: LungConvention
    public var iou: Sides
    /// Of right and left.
    public var meanIoU: Double?
    public var pixelAccuracy: Double?
    public var macroPrecision: Double?
    public var macroRecall: Double?
    public var macroF1: Double?
    public var perSource: [String: Part]
    public var perConvention: [String: Part]
    /// Of 95 %, by bootstrap over groups: `iou.right`, `iou.left`, `pixelAccuracy`, `macroF1`, …
    public var intervals: [String: Interval]
    /// Those with the smallest mean of both lungs' IoU, worst first.
    public var worst: [Worst]

    /// An image to look at.
    public struct Worst: Codable, Hashable, Sendable {
        public var path: String
        public var iou: Double
    }

    private static let shownWorst = 10

    /// - Parameter resamples: of the bootstrap.
    public init(_ results: [LungAgreement], resamples: Int = 1000) {
        let headline = results.filter { $0.convention == .heartLeftOut }
        let chosen = headline.isEmpty ? results : headline
        convention = headline.isEmpty && !results.isEmpty ? .heartIncluded : .heartLeftOut
        let part = Part(chosen)
        images = part.images
        iou = part.iou
        meanIoU = part.meanIoU
        pixelAccuracy = part.pixelAccuracy
        macroPrecision = part.macroPrecision
        macroRecall = part.macroRecall
        macroF1 = part.macroF1
        perSource = Dictionary(grouping: results, by: \.source).mapValues { Part($0) }
        perConvention = Dictionary(grouping: results) { $0.convention.rawValue }.mapValues { Part($0) }
        intervals = Bootstrap(groups: chosen.map(\.group), resamples: resamples).intervals { drawn in
            Part(drawn.map { chosen[$0] }).numbers
        }
        let ordered = chosen.compactMap { one in
            Quantile.mean([one.right, one.left].compactMap(\.self)).map { Worst(path: one.path, iou: $0) }
        }
        worst = Array(ordered.sorted { ($0.iou, $0.path) < ($1.iou, $1.path) }.prefix(Self.shownWorst))
    }
}

extension LungSummary.Part {
    init(_ some: [LungAgreement]) {
        let sum = some.reduce(ConfusionMatrix(classes: LungAgreement.labels)) { $0 + $1.matrix }
        images = some.count
        iou = LungSummary.Sides(
            right: Quantile.mean(some.compactMap(\.right)), left: Quantile.mean(some.compactMap(\.left)))
        pixelAccuracy = sum.accuracy
        macroPrecision = sum.macroPrecision
        macroRecall = sum.macroRecall
        macroF1 = sum.macroF1
        let included = some.filter { $0.convention == .heartIncluded }
        undisputed =
            included.isEmpty
            ? nil
            : UndisputedAgreement(included.reduce(ConfusionMatrix(classes: LungAgreement.labels)) { $0 + $1.matrix })
    }

    var meanIoU: Double? { Quantile.mean([iou.right, iou.left].compactMap(\.self)) }

    fileprivate var numbers: [String: Double] {
        let all = [
            "iou.right": iou.right, "iou.left": iou.left, "meanIoU": meanIoU, "pixelAccuracy": pixelAccuracy,
            "macroPrecision": macroPrecision, "macroRecall": macroRecall, "macroF1": macroF1,
        ]
        return all.compactMapValues(\.self)
    }
}
