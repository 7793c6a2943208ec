internal import CKernels
public import Imaging

/// The four neighbours of Haralick et al. 1973; angles count anticlockwise as seen on a screen, and each stands for
/// its opposite too.
public enum Direction: Int, CaseIterable, Codable, Hashable, Sendable {
    /// Left and right of each other, the distance in columns.
    case degrees0 = 0
    /// Lower left and upper right of each other, the distance in rows and in columns.
    case degrees45 = 45
    /// Above and below each other, the distance in rows.
    case degrees90 = 90
    /// Upper left and lower right of each other, the distance in rows and in columns.
    case degrees135 = 135
}

/// How often two grey levels are neighbours in one direction (method §4): symmetric, so that each pair counts in both
/// orders.
public struct CooccurrenceMatrix: Sendable {
    /// In which the pairs' pixels lie.
    public let direction: Direction
    /// N_g, 2…256.
    public let levels: Int
    /// `levels × levels`, row-major.
    public let counts: [UInt64]
    /// The sum of all counts: twice the number of pairs.
    public let total: UInt64

    init(direction: Direction, levels: Int, counts: [UInt64]) {
        self.direction = direction
        self.levels = levels
        self.counts = counts
        total = counts.reduce(0, +)
    }

    /// p(i, j), row-major; zeros when there is no pair.
    public var probabilities: [Double] {
        guard total > 0 else { return [Double](repeating: 0, count: counts.count) }
        let scale = Double(total)
        return counts.map { Double($0) / scale }
    }

    /// The matrices of all four directions, in the order of `Direction.allCases`.
    ///
    /// - Parameters:
    ///   - plane: 0…255, quantised to `levels` of equal width.
    ///   - mask: only pairs with both pixels in the mask are counted (form *lungs*); nil counts all (form *masked
    ///     image*, when the plane is 0 outside the lungs).
    ///   - levels: 2…256.
    ///   - distance: pixels, at least 1.
    /// - Precondition: `mask` has the plane's size, `levels` and `distance` are within their limits.
    public static func all(of plane: GreyPlane, mask: Mask? = nil, levels: Int = 32, distance: Int = 1) -> [Self] {
        precondition((2...256).contains(levels) && distance >= 1)
        precondition(mask.map { $0.width == plane.width && $0.height == plane.height } ?? true)
        let quantised = plane.lookedUp(in: quantisation(levels: levels))
        let stride = levels
        var tables = [UInt32](repeating: 0, count: 4 * stride * stride)
        let (width, height) = (Int32(plane.width), Int32(plane.height))
        let step = Int32(min(distance, max(plane.width, plane.height)))
        if let mask {
            ck_cooccurrence_masked_u8(
                quantised.pixels, mask.pixels, width, height, step, Int32(stride), &tables)
        } else {
            ck_cooccurrence_u8(quantised.pixels, width, height, step, Int32(stride), &tables)
        }
        return Direction.allCases.enumerated().map { index, direction in
            let part = tables[(index * stride * stride)..<((index + 1) * stride * stride)]
            return CooccurrenceMatrix(
                direction: direction, levels: levels, counts: symmetric(Array(part), levels: levels))
        }
    }

    /// Level of each grey value: equal width over 0…255.
    static func quantisation(levels: Int) -> [UInt8] {
        (0..<256).map { UInt8($0 * levels / 256) }
    }

    private static func symmetric(_ table: [UInt32], levels: Int) -> [UInt64] {
        var counts = [UInt64](repeating: 0, count: levels * levels)
        for i in 0..<levels {
            for j in 0..<levels {
                counts[i * levels + j] = UInt64(table[i * levels + j]) + UInt64(table[j * levels + i])
            }
        }
        return counts
    }
}
