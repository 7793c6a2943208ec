import Diagnosis

/// What the rules of *review* would have held back.
public struct ReviewSummary: Codable, Hashable, Sendable {
    public var images: Int
    /// Of all images; nil without any.
    public var share: Double?
    /// An image can have several reasons.
    public var reasons: [String: Int]
    /// Of the images that are no review; nil where all are.
    public var accuracyOfOthers: Double?

    init(_ known: ClassifiedImages) {
        let reviewed = known.images.filter { $0.result.outcome == Outcome.review.key }
        images = reviewed.count
        share = known.images.isEmpty ? nil : Double(reviewed.count) / Double(known.images.count)
        reasons = Dictionary(reviewed.flatMap(\.result.reasons).map { ($0, 1) }, uniquingKeysWith: +)
        accuracyOfOthers = known.accuracy(
            of: known.images.indices.filter { known.images[$0].result.outcome != Outcome.review.key })
    }
}

/// Images that the bundle has no class for: a disease that it does not know is to end in *review* or in an abnormal
/// class, what is no radiograph in *review*.
public struct OtherSummary: Codable, Hashable, Sendable {
    public var images: Int
    /// Share of *review*.
    public var review: Double
    public var reviewInterval: Interval?
    /// Share of *review* and abnormal classes.
    public var reviewOrAbnormal: Double
    public var reviewOrAbnormalInterval: Interval?
    /// How often each outcome was given.
    public var outcomes: [String: Int]
    public var reasons: [String: Int]

    static func summaries(_ results: [ImageResult], normal: String) -> [String: OtherSummary] {
        Dictionary(grouping: results, by: \.name).mapValues { some in
            let review = some.count { $0.outcome == Outcome.review.key }
            let abnormal = some.count { $0.outcome != normal }
            return OtherSummary(
                images: some.count, review: Double(review) / Double(some.count),
                reviewInterval: .wilson(review, of: some.count),
                reviewOrAbnormal: Double(abnormal) / Double(some.count),
                reviewOrAbnormalInterval: .wilson(abnormal, of: some.count),
                outcomes: Dictionary(some.map { ($0.outcome, 1) }, uniquingKeysWith: +),
                reasons: Dictionary(some.flatMap(\.reasons).map { ($0, 1) }, uniquingKeysWith: +))
        }
    }
}

/// What the temperature would be if it were fitted to these images, and the calibration error with it. On any split but
/// the one that the bundle was fitted to it only says how far off the bundle's is.
public struct TemperatureSummary: Codable, Hashable, Sendable {
    /// Of least negative log-likelihood.
    public var fitted: Double
    public var eceWithFitted: Double
    /// Mean, with the fitted temperature.
    public var negativeLogLikelihood: Double

    /// Nil without logits.
    init?(_ known: ClassifiedImages) {
        let examples = known.images.compactMap { image in
            image.answer == nil
                ? nil : image.result.logits.map { ThresholdFit.Example(logits: $0, label: image.truth) }
        }
        guard !examples.isEmpty else { return nil }
        fitted = ThresholdFit.temperature(examples)
        eceWithFitted = ThresholdFit.accuracyAndError(examples, fitted).1
        negativeLogLikelihood = ThresholdFit.negativeLogLikelihood(examples, fitted)
    }
}
