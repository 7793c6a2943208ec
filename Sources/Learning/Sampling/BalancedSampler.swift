/// Which image each sample of a run is of: groups by their shares, sources within a group by the root of their sizes,
/// images of a source alike. Sample *n* does not depend on the others, so a resumed run draws what the first would have.
public struct BalancedSampler: Sendable {
    /// Images that are drawn with one share: a class.
    public struct Group: Sendable {
        /// In proportion to the other groups'.
        public var share: Double
        /// Indices of images, by source.
        public var sources: [[Int]]

        public init(share: Double = 1, sources: [[Int]]) {
            self.share = share
            self.sources = sources
        }
    }

    private let groups: [Group]
    /// Rising to 1.
    private let bounds: [Double]
    private let sourceBounds: [[Double]]

    /// - Parameter groups: those without images are left out; at least one has some.
    public init(_ groups: [Group]) {
        let used = groups.map { group in
            Group(share: group.share, sources: group.sources.filter { !$0.isEmpty })
        }.filter { !$0.sources.isEmpty && $0.share > 0 }
        precondition(!used.isEmpty)
        self.groups = used
        bounds = Self.bounds(used.map(\.share))
        sourceBounds = used.map { group in Self.bounds(group.sources.map { Double($0.count).squareRoot() }) }
    }

    /// - Parameters:
    ///   - groups: of each image, and their shares.
    ///   - sources: of each image.
    public init(groups: [Int], shares: [Double], sources: [String]) {
        self.init(
            shares.enumerated().map { group, share in
                let members = groups.indices.filter { groups[$0] == group }
                let bySource = Dictionary(grouping: members) { sources[$0] }
                return Group(share: share, sources: bySource.keys.sorted().map { bySource[$0] ?? [] })
            })
    }

    /// 1 / golden ratio: its multiples lie so evenly that every stretch of samples, so every batch, has the groups in
    /// nearly their shares.
    private static let golden = 0.618_033_988_749_894_9

    /// The image of sample `number` of the run.
    public func image(number: UInt64, seed: UInt64) -> Int {
        var stream = RandomStream(seed: seed, .choice, index: number)
        let place = (Double(number % (1 << 40)) * Self.golden).truncatingRemainder(dividingBy: 1)
        let group = Self.index(of: place, in: bounds)
        let source = groups[group].sources[Self.index(of: Double(stream.unit()), in: sourceBounds[group])]
        return source[stream.index(below: source.count)]
    }

    private static func bounds(_ shares: [Double]) -> [Double] {
        let sum = shares.reduce(0, +)
        var total = 0.0
        return shares.map { share in
            total += share
            return total / sum
        }
    }

    private static func index(of place: Double, in bounds: [Double]) -> Int {
        bounds.firstIndex { place < $0 } ?? bounds.count - 1
    }
}
