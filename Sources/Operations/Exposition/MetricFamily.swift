/// A metric with its series, as a page shows it.
struct MetricFamily: Hashable, Sendable {
    enum Kind: String, Hashable, Sendable { case counter, gauge, histogram }

    struct Sample: Hashable, Sendable {
        /// After the family's name: `_bucket`, `_sum` and `_count` of a histogram.
        var suffix = ""
        var labels: LabelSet
        var value: Double
    }

    var name: String
    var help: String
    var kind: Kind
    var samples: [Sample]

    /// A gauge of one number, without labels.
    static func gauge(_ name: String, _ help: String, _ value: Double) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: .gauge, samples: [Sample(labels: [:], value: value)])
    }

    static func gauge(_ name: String, _ help: String, _ values: [(labels: LabelSet, value: Double)]) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: .gauge, samples: values.map { Sample(labels: $0.labels, value: $0.value) })
    }
}

/// What tells the series of a family apart. The order of the names doesn't matter.
struct LabelSet: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    private(set) var pairs: [Pair]

    struct Pair: Hashable, Sendable {
        var name: String
        var value: String
    }

    init(_ labels: [(String, String)]) {
        pairs = labels.map { Pair(name: $0.0, value: $0.1) }.sorted { $0.name < $1.name }
    }

    init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }

    /// Before others by its values, name by name.
    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) { ($0.name, $0.value) < ($1.name, $1.value) }
    }
}
