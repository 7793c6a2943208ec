/// The area under the receiver operating characteristic: how probable it is that a positive example's score is above a
/// negative one's, ties counting half (Hanley and McNeil 1982).
public enum RankingArea {
    /// Nil where one of the two kinds is missing.
    /// - Precondition: as many scores as labels.
    public static func area(scores: [Double], positive: [Bool]) -> Double? {
        precondition(scores.count == positive.count)
        let order = scores.indices.sorted { scores[$0] < scores[$1] }
        let positives = positive.count { $0 }
        let negatives = positive.count - positives
        guard positives > 0, negatives > 0 else { return nil }
        var ranks = 0.0
        var start = 0
        while start < order.count {
            var end = start
            while end < order.count, scores[order[end]] == scores[order[start]] { end += 1 }
            // Equal scores share the mean of the ranks start + 1 … end.
            let rank = Double(start + 1 + end) / 2
            ranks += rank * Double(order[start..<end].count { positive[$0] })
            start = end
        }
        let least = Double(positives) * Double(positives + 1) / 2
        return (ranks - least) / (Double(positives) * Double(negatives))
    }
}
