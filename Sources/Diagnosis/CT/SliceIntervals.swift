/// What the slices of a series stand for along their normal, and where slices are missing (method §8).
struct SliceIntervals: Equatable {
    /// mm that each slice stands for: to the middle of each neighbour; at the ends as much to the other side, but no more
    /// than half of its own thickness.
    let widths: [Double]
    /// Indices of slices after which some are missing.
    let gaps: [Int]

    /// A step this many times as long as both steps beside it is a gap: steps may change along a series, but not for one
    /// step alone.
    private static let gapFactor = 1.5
    /// Of all steps; where more stand out, that is the series' pattern, as where two acquisitions alternate.
    private static let mostGaps = 1.0 / 3
    /// mm; a step beyond it is no step.
    private static let longest = 1000.0

    /// Nil unless there are two slices or more and the positions rise by real steps.
    init?(_ positions: [Double], thickness: Double? = nil) {
        let steps = zip(positions, positions.dropFirst()).map { $1 - $0 }
        guard let first = steps.first, let last = steps.last,
            steps.allSatisfy({ $0.isFinite && $0 > 0 && $0 <= Self.longest })
        else { return nil }
        let most = thickness.flatMap { $0.isFinite && $0 > 0 ? $0 : nil } ?? Self.longest
        let beside = [min(first, most)] + steps + [min(last, most)]
        widths = positions.indices.map { (beside[$0] + beside[$0 + 1]) / 2 }
        let outstanding = steps.indices.filter { index in
            let beside = [index - 1, index + 1].filter(steps.indices.contains).map { steps[$0] }
            return !beside.isEmpty && beside.allSatisfy { steps[index] > Self.gapFactor * $0 }
        }
        gaps = Double(outstanding.count) <= Self.mostGaps * Double(steps.count) ? outstanding : []
    }
}
