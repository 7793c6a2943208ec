import Imaging

/// What a pixel of a mask may be to the segmentation (method §3). Masks that include the heart's shadow and the lung behind
/// the diaphragm say for certain only where there is no lung, and where lung lies beyond the reach of both.
enum LungSets: UInt8, CaseIterable {
    case background
    case right, left
    /// The lung or background.
    case rightOrBackground, leftOrBackground

    /// Bit c for class c: 0 background, 1 right lung, 2 left lung.
    var classes: UInt8 { [0b001, 0b010, 0b100, 0b011, 0b101][Int(rawValue)] }

    /// Of a mirrored image.
    var mirrored: LungSets {
        switch self {
        case .background: .background
        case .right: .left
        case .left: .right
        case .rightOrBackground: .leftOrBackground
        case .leftOrBackground: .rightOrBackground
        }
    }

    /// How far from its outer edge a row of a lung is lung for certain, as a share of the row, down to a share of the
    /// lung's height. The heart takes more of the left lung; below the last depth the diaphragm may cover any.
    private static let reach: [UInt8: [(depth: Double, share: Double)]] = [
        1: [(0.3, 0.8), (0.8, 0.7)], 2: [(0.3, 0.8), (0.7, 0.5), (0.8, 0.3)],
    ]

    /// - Parameter mask: 0 background, 1 right lung, 2 left lung.
    static func plane(of mask: LabelPlane, _ convention: LungConvention) -> LabelPlane {
        guard convention == .heartIncluded else { return mask }
        var sets = mask.map { $0 == 0 ? 0 : $0 + 2 }
        let extents = [UInt8(1), 2].map { label in mask.map { $0 == label ? 1 : 0 as UInt8 }.extent }
        for (label, extent) in zip([UInt8(1), 2], extents) {
            guard let extent, let other = extents[label == 1 ? 1 : 0] else { continue }
            let outerIsFirst = 2 * extent.x + extent.width < 2 * other.x + other.width
            for row in extent.y..<extent.y + extent.height {
                let depth = (Double(row - extent.y) + 0.5) / Double(extent.height)
                guard let share = reach[label]?.first(where: { depth < $0.depth })?.share else { continue }
                let columns = (extent.x..<extent.x + extent.width).filter { mask[row: row, column: $0] == label }
                guard let first = columns.first, let last = columns.last else { continue }
                let wide = Int(share * Double(last + 1 - first))
                let certain = outerIsFirst ? first..<first + wide : last + 1 - wide..<last + 1
                for column in columns where certain.contains(column) { sets[row: row, column: column] = label }
            }
        }
        return sets
    }
}
