/// How probabilities agree with what is right: bins of equal width over the top probability (Guo et al. 2017).
public struct Reliability: Codable, Hashable, Sendable {
    /// The images whose top probability lies in one stretch of 0…1.
    public struct Bin: Codable, Hashable, Sendable {
        public var low: Double
        public var high: Double
        public var images: Int
        /// Mean top probability; nil of an empty bin.
        public var confidence: Double?
        /// Share whose top class is theirs; nil of an empty bin.
        public var accuracy: Double?
    }

    /// Bin b holds b/n ≤ probability < (b+1)/n; the last one 1 too.
    public let bins: [Bin]
    /// Σ images · |accuracy − confidence| / all images; nil without images.
    public let expectedCalibrationError: Double?
    /// The largest |accuracy − confidence|.
    public let maximumCalibrationError: Double?

    /// - Parameter answers: each image's top probability (0…1) and whether the class is right.
    public init(_ answers: [(confidence: Double, isRight: Bool)], bins count: Int = 15) {
        let count = max(1, count)
        var sums = [(images: Int, confidence: Double, right: Int)](repeating: (0, 0, 0), count: count)
        for answer in answers {
            let place = min(count - 1, Int(min(max(answer.confidence, 0), 1) * Double(count)))
            sums[place].images += 1
            sums[place].confidence += answer.confidence
            sums[place].right += answer.isRight ? 1 : 0
        }
        bins = sums.enumerated().map { place, sum in
            let images = Double(sum.images)
            return Bin(
                low: Double(place) / Double(count), high: Double(place + 1) / Double(count), images: sum.images,
                confidence: sum.images > 0 ? sum.confidence / images : nil,
                accuracy: sum.images > 0 ? Double(sum.right) / images : nil)
        }
        let gaps = bins.compactMap { bin -> (images: Int, gap: Double)? in
            guard let confidence = bin.confidence, let accuracy = bin.accuracy else { return nil }
            return (bin.images, abs(accuracy - confidence))
        }
        expectedCalibrationError =
            answers.isEmpty ? nil : gaps.reduce(0) { $0 + Double($1.images) * $1.gap } / Double(answers.count)
        maximumCalibrationError = gaps.map(\.gap).max()
    }
}
