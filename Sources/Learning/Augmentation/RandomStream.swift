import Foundation

/// Random numbers of one purpose and one number of a sample: where a run is interrupted and resumed, sample *n* is
/// drawn the same. SplitMix64 (Steele, Lea and Flood 2014) from a mixed start; distributions are written out here, so
/// that no library's change moves them.
public struct RandomStream: Sendable {
    /// What the numbers are for; streams of different purposes are independent.
    public enum Purpose: UInt64, Sendable {
        case choice = 1
        case augmentation = 2
        case recalibration = 3
        case dropout = 4
        case weights = 5
        case mixing = 6
    }

    private var state: UInt64

    /// - Parameters:
    ///   - seed: of the run.
    ///   - index: of the sample or step.
    public init(seed: UInt64, _ purpose: Purpose, index: UInt64) {
        let start = Self.mixed(seed &+ 0x9E37_79B9_7F4A_7C15 &* purpose.rawValue)
        state = Self.mixed(start ^ Self.mixed(index &+ 0x632B_E59B_D9B4_E019))
    }

    /// SplitMix64 from a state of its own.
    init(state: UInt64) { self.state = state }

    /// 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(state)
    }

    /// In 0 ..< 1, in steps of 2⁻²⁴.
    public mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }

    /// Evenly in a range.
    public mutating func uniform(_ range: ClosedRange<Float>) -> Float {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// True in a share of the cases.
    public mutating func chance(_ share: Float) -> Bool { unit() < share }

    /// 0 ..< `count` (Lemire's multiplication).
    /// - Precondition: `count` > 0.
    public mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

    /// Nearly normal, mean 0 and deviation 1: the sum of eight bytes, which is quick.
    public mutating func normal() -> Float {
        var bits = next()
        var sum: UInt64 = 0
        for _ in 0..<8 {
            sum += bits & 0xFF
            bits >>= 8
        }
        // A byte's variance is (256² − 1) / 12.
        return (Float(sum) - 1020) / 209.01674
    }

    /// Normal, mean 0 and deviation 1 (Box and Muller 1958).
    public mutating func gaussian() -> Float {
        // 1 − unit() lies in 0 <… 1, so that it has a logarithm.
        (-2 * log(1 - unit())).squareRoot() * cos(2 * .pi * unit())
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
