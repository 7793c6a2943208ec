/// Table 1 of the paper: how a texture feature is spread over the images of a class.
public struct TextureSummary: Codable, Hashable, Sendable {
    public var images: Int
    public var mean: Double
    public var deviation: Double?
    /// 2.5 %.
    public var lowPercentile: Double
    public var median: Double
    /// 97.5 %.
    public var highPercentile: Double

    /// The paper's V, M and SV in the names of their sources, and as printed (method §4), of the masked image.
    public static let table1 = [
        "haralick.variance", "haralick.sumAverage", "haralick.sumVariance", "paper.V", "paper.M", "paper.SV",
    ]

    /// Nil of nothing.
    init?(_ values: [Double]) {
        guard let mean = Quantile.mean(values), let low = Quantile.of(values, 0.025),
            let median = Quantile.of(values, 0.5), let high = Quantile.of(values, 0.975)
        else { return nil }
        images = values.count
        self.mean = mean
        deviation = Quantile.deviation(values)
        lowPercentile = low
        self.median = median
        highPercentile = high
    }

    /// By class, then by feature; images without lungs have none.
    public static func summaries(
        _ results: [ImageResult], features: [String] = table1
    ) -> [String: [String: TextureSummary]] {
        Dictionary(grouping: results, by: \.name).mapValues { some in
            Dictionary(
                uniqueKeysWithValues: features.compactMap { feature in
                    TextureSummary(some.compactMap { $0.table1[feature] }).map { (feature, $0) }
                })
        }
    }
}
