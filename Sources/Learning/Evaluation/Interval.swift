import Imaging

/// An interval of 95 % confidence.
public struct Interval: Codable, Hashable, Sendable {
    public var low: Double
    public var high: Double

    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// The normal distribution's 0.975 quantile.
    private static let z = 1.959963984540054

    /// Wilson's score interval (1927) of a share; nil of nothing.
    public static func wilson(_ part: Int, of whole: Int) -> Interval? {
        guard whole > 0 else { return nil }
        let count = Double(whole)
        let share = Double(part) / count
        let square = z * z
        let centre = (share + square / (2 * count)) / (1 + square / count)
        let half = z / (1 + square / count) * (share * (1 - share) / count + square / (4 * count * count)).squareRoot()
        // The ends are exact; rounding would leave crumbs.
        return Interval(
            low: part == 0 ? 0 : max(0, centre - half), high: part == whole ? 1 : min(1, centre + half))
    }
}

/// Intervals by drawing groups again with replacement (Efron 1979): images of one patient are not independent, so they
/// are drawn together.
public struct Bootstrap: Sendable {
    /// Indices of the examples of each group.
    private let groups: [[Int]]
    private let resamples: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - groups: of each example: its patient, or whatever is independent of the others.
    ///   - resamples: how often is drawn.
    ///   - seed: equal seeds draw equally.
    public init(groups: [String], resamples: Int = 1000, seed: UInt64 = 1) {
        // In the order of first appearance, so that equal input gives equal intervals.
        var places: [String: Int] = [:]
        var members: [[Int]] = []
        for (index, name) in groups.enumerated() {
            if let place = places[name] {
                members[place].append(index)
            } else {
                places[name] = members.count
                members.append([index])
            }
        }
        self.groups = members
        self.resamples = resamples
        self.seed = seed
    }

    /// The percentiles 2.5 and 97.5 of statistics of drawn examples.
    /// - Parameter statistics: by name, of the examples with these indices; a name that is missing in a draw (a class
    ///   may not be drawn at all) does not count there.
    public func intervals(_ statistics: ([Int]) -> [String: Double]) -> [String: Interval] {
        guard !groups.isEmpty else { return [:] }
        var random = SplitMix64(state: seed)
        var values: [String: [Double]] = [:]
        for _ in 0..<resamples {
            var drawn: [Int] = []
            for _ in groups.indices { drawn += groups[Int.random(in: groups.indices, using: &random)] }
            for (name, value) in statistics(drawn) { values[name, default: []].append(value) }
        }
        return values.compactMapValues { values in
            guard let low = Quantile.of(values, 0.025), let high = Quantile.of(values, 0.975) else { return nil }
            return Interval(low: low, high: high)
        }
    }
}
