public import Imaging

/// How the lungs' outlines treat the heart's shadow and the lung behind the diaphragm (method §3).
public enum LungConvention: String, Codable, CaseIterable, Sendable {
    /// As the field draws lungs: Montgomery, Shenzhen, JSRT, OpenIST.
    case heartLeftOut = "heart left out"
    /// As V7's masks do: inside one a pixel may be background too.
    case heartIncluded = "heart included"
}

/// How labels of one image agree with its mask, pixel by pixel.
public struct LungAgreement: Codable, Hashable, Sendable {
    /// Background, right lung, left lung: labels and masks hold these as 0, 1, 2.
    public static let labels = ["background", "right", "left"]

    public var path: String
    public var source: String
    public var group: String
    public var convention: LungConvention
    /// Rows are the mask's pixels.
    public var matrix: ConfusionMatrix

    /// Nil where the sizes differ.
    public init?(
        path: String, source: String, group: String, convention: LungConvention, labels: LabelPlane, mask: LabelPlane
    ) {
        guard labels.width == mask.width, labels.height == mask.height else { return nil }
        self.path = path
        self.source = source
        self.group = group
        self.convention = convention
        var counts = [[Int]](repeating: [0, 0, 0], count: 3)
        for (label, truth) in zip(labels.pixels, mask.pixels) {
            counts[Int(min(truth, 2))][Int(min(label, 2))] += 1
        }
        matrix = ConfusionMatrix(classes: Self.labels)
        for truth in 0..<3 {
            for answer in 0..<3 { matrix.add(truth: truth, answer: answer, times: counts[truth][answer]) }
        }
    }

    /// |A ∩ B| / |A ∪ B| of one lung; nil where neither has it.
    public var right: Double? { matrix.intersectionOverUnion(1) }
    public var left: Double? { matrix.intersectionOverUnion(2) }
}

/// Agreement with masks that include the heart, where both conventions must say the same: what lies outside the mask is
/// background, and what we call lung lies in the mask and on its side. Background inside the mask is disputed.
public struct UndisputedAgreement: Codable, Hashable, Sendable {
    /// Of the pixels outside the masks, the share that is background.
    public var outside: Double?
    /// Of our lungs' pixels, the share that lies in the mask's lung of that side.
    public var inside: Double?
    /// Of all undisputed pixels, the share that agrees.
    public var pixelAccuracy: Double?
    /// Of the masks' lungs, the share that we call that lung. It can't reach 1, since the heart is left out, but
    /// without it nothing at all would agree perfectly.
    public var covered: Double?

    init(_ matrix: ConfusionMatrix) {
        func share(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
        let lungs = matrix.counts[1][1] + matrix.counts[2][2]
        let background = matrix.counts[0][0]
        let disputed = matrix.counts[1][0] + matrix.counts[2][0]
        outside = share(background, matrix.support(0))
        inside = share(lungs, matrix.answers(1) + matrix.answers(2))
        pixelAccuracy = share(background + lungs, matrix.total - disputed)
        covered = share(lungs, matrix.support(1) + matrix.support(2))
    }
}
