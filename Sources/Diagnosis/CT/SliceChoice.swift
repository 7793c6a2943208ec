/// The slices of a series that are looked at: those with enough lung, at most so many, evenly spread (method §8).
struct SliceChoice: Equatable {
    /// Rising.
    let indices: [Int]

    /// - Parameters:
    ///   - areas: lung pixels of each slice.
    ///   - minimumOfLargest: share of the largest area that a slice must have.
    init(areas: [Int], minimumOfLargest: Double, most: Int) {
        let largest = Double(areas.max() ?? 0)
        let enough = areas.indices.filter { areas[$0] > 0 && Double(areas[$0]) >= minimumOfLargest * largest }
        guard enough.count > most, most > 0 else {
            indices = most > 0 ? Array(enough) : []
            return
        }
        // The middles of `most` equal stretches.
        indices = (0..<most).map { enough[(2 * $0 + 1) * enough.count / (2 * most)] }
    }
}
