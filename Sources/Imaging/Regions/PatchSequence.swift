/// Where patches lie in the lung square (method §5).
public struct PatchSequence: Hashable, Codable, Sendable {
    /// Side of a patch in the square's pixels.
    public var side: Int

    /// ResNet's 224 by default.
    public init(side: Int = 224) {
        self.side = side
    }

    /// The first `count` patches of a fixed sequence: the same mask always gives the same. A Halton sequence (bases 2
    /// and 3) chooses a row by the lung's share of pixels up to it, then a pixel of that row, so that centres cover
    /// the lungs evenly. Empty when the mask is.
    public func fixed(in mask: Mask, count: Int) -> [PixelRect] {
        let lungs = LungPixels(mask)
        guard lungs.count > 0 else { return [] }
        return (0..<max(0, count)).map { index in
            let centre = lungs.pixel(down: Self.radicalInverse(index + 1, 2), across: Self.radicalInverse(index + 1, 3))
            return patch(around: centre, width: mask.width, height: mask.height)
        }
    }

    /// `count` patches around lung pixels drawn at random, as the paper's; equal seeds give equal patches.
    public func random(in mask: Mask, count: Int, seed: UInt64) -> [PixelRect] {
        let lungs = LungPixels(mask)
        guard lungs.count > 0 else { return [] }
        var generator = SplitMix64(state: seed)
        return (0..<max(0, count)).map { _ in
            let centre = lungs.pixel(number: Int.random(in: 0..<lungs.count, using: &generator))
            return patch(around: centre, width: mask.width, height: mask.height)
        }
    }

    private func patch(around centre: (x: Int, y: Int), width: Int, height: Int) -> PixelRect {
        let (wide, high) = (min(max(side, 1), width), min(max(side, 1), height))
        return PixelRect(
            x: min(max(0, centre.x - wide / 2), width - wide), y: min(max(0, centre.y - high / 2), height - high),
            width: wide, height: high)
    }

    /// Van der Corput: the digits of `index` in `base`, mirrored at the point.
    static func radicalInverse(_ index: Int, _ base: Int) -> Double {
        var (rest, weight, value) = (index, 1.0 / Double(base), 0.0)
        while rest > 0 {
            value += Double(rest % base) * weight
            rest /= base
            weight /= Double(base)
        }
        return value
    }
}

/// Lung pixels, found by number or by shares.
private struct LungPixels {
    private let width: Int
    private let indices: [Int]
    /// `rows[y] ..< rows[y + 1]` are the numbers of row `y`'s pixels.
    private let rows: [Int]

    var count: Int { indices.count }

    init(_ mask: Mask) {
        width = mask.width
        indices = mask.pixels.indices.filter { mask.pixels[$0] != 0 }
        var rows = [Int](repeating: 0, count: mask.height + 1)
        for index in indices { rows[index / mask.width + 1] += 1 }
        for row in 1..<rows.count { rows[row] += rows[row - 1] }
        self.rows = rows
    }

    func pixel(number: Int) -> (x: Int, y: Int) {
        (indices[number] % width, indices[number] / width)
    }

    /// - Parameters: shares in 0 ..< 1.
    func pixel(down: Double, across: Double) -> (x: Int, y: Int) {
        let row = pixel(number: min(Int(down * Double(count)), count - 1)).y
        let numbers = rows[row]..<rows[row + 1]
        return pixel(number: numbers.lowerBound + min(Int(across * Double(numbers.count)), numbers.count - 1))
    }
}

/// Steele, Lea and Flood 2014: small, seeded, the same everywhere.
package struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    package init(state: UInt64) {
        self.state = state
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
