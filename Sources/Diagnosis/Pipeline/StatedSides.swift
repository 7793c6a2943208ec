import Imaging

/// Whether an image can have the sides that its header states. Reports and pictures take right and left from the header
/// alone, so where the image speaks against it, no class is given.
enum StatedSides {
    /// A mirrored look is held against the header where that names the sides; an image that says nothing of them just
    /// looks mirrored.
    static func reason(of problem: ReviewReason?, _ stated: StatedFacts) -> ReviewReason? {
        problem == .mirrored && stated.namesSides ? .sidesContradicted : problem
    }

    /// - Parameters:
    ///   - labels: of the image as radiologists look at it: the patient's right on the left.
    ///   - share: of the image, that makes a lung.
    static func problem(of labels: LabelPlane, _ stated: StatedFacts, share: Double) -> ReviewReason? {
        let (right, left) = (Lung(1, in: labels), Lung(2, in: labels))
        if let side = stated.laterality {
            let other = side == .right ? left : right
            if other.share > 0, other.share >= share { return .sidesContradicted }
        }
        guard let rightColumn = right.column, let leftColumn = left.column, rightColumn > leftColumn else { return nil }
        return reason(of: .mirrored, stated)
    }

    /// Where a lung lies.
    private struct Lung {
        /// Of the image.
        let share: Double
        /// Mean of its pixels' columns; nil where it has none.
        let column: Double?

        init(_ label: UInt8, in labels: LabelPlane) {
            let columns = labels.pixels.indices.lazy.filter { labels.pixels[$0] == label }.map { $0 % labels.width }
            let (count, sum) = columns.reduce(into: (0, 0)) { $0 = ($0.0 + 1, $0.1 + $1) }
            share = Double(count) / Double(max(1, labels.pixels.count))
            column = count > 0 ? Double(sum) / Double(count) : nil
        }
    }
}
