/// How a weights file holds a tensor's values.
public enum StoredPrecision: String, Sendable, CaseIterable {
    /// IEEE 754 single precision, as in memory.
    case f32
    /// The upper half of f32, rounded to the nearest, ties to even: 8 bits of significand.
    case bf16
    /// One signed byte a value, from −127 to 127, and one f32 scale an index of dimension 0, that of least squared error.
    case i8
}

/// bf16 of floats.
enum BFloat16 {
    /// The nearest bf16, ties to even, as little-endian bytes.
    static func bytes(of values: [Float]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: values.count * 2) { bytes, filled in
            for (index, value) in values.enumerated() {
                let bits = rounded(value)
                bytes[2 * index] = UInt8(truncatingIfNeeded: bits)
                bytes[2 * index + 1] = UInt8(truncatingIfNeeded: bits >> 8)
            }
            filled = values.count * 2
        }
    }

    /// - Returns: the upper 16 bits of `value`'s nearest neighbour in bf16. A finite value above bf16's largest becomes
    ///   infinity. NaN is not expected.
    static func rounded(_ value: Float) -> UInt16 {
        let bits = value.bitPattern
        // Half of the last place kept, less one where that place is even: a tie then stays, anything above carries.
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }
}
