/// How many values lie below each of some bounds.
struct Histogram: Hashable, Sendable {
    /// Ascending; infinity is left out.
    let bounds: [Double]
    /// Values up to each bound and over the one before; the last are over all.
    private var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    mutating func record(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// Cumulated, as the exposition wants it; the last is the number of all values.
    var cumulated: [(bound: Double, count: Int)] {
        var total = 0
        return zip(bounds + [.infinity], counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }

    func samples(_ labels: [(String, String)]) -> [MetricFamily.Sample] {
        let buckets = cumulated.map { bound, count in
            MetricFamily.Sample(
                suffix: "_bucket", labels: LabelSet(labels + [("le", TextExposition.number(bound))]),
                value: Double(count))
        }
        let count = Double(cumulated.last?.count ?? 0)
        return buckets + [
            MetricFamily.Sample(suffix: "_sum", labels: LabelSet(labels), value: sum),
            MetricFamily.Sample(suffix: "_count", labels: LabelSet(labels), value: count),
        ]
    }
}
