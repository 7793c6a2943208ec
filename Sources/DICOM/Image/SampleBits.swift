/// Where in its allocated bits a sample's value stands (PS3.5 §8.1.1). The bits around it may hold overlays or anything
/// else and are no part of the value.
struct SampleBits {
    let type: SampleType
    /// Unused bits above the value.
    let above: Int
    /// Unused bits in all.
    let unused: Int

    /// Nil when the value fills its sample, so that nothing is to do.
    init?(type: SampleType, stored: Int, highBit: Int) {
        let width = 8 * type.bytes
        guard !type.isFloat, (1..<width).contains(stored) else { return nil }
        // A high bit that leaves no room for the bits stored is a mistake; the value then stands at the bottom.
        let high = (stored - 1..<width).contains(highBit) ? highBit : stored - 1
        self.type = type
        above = width - 1 - high
        unused = width - stored
    }

    init?(_ image: ImageDescription) {
        guard image.bitsAllocated > 1 else { return nil }
        self.init(type: image.type, stored: image.bitsStored, highBit: image.highBit)
    }

    /// Moves each value to the bottom, clears what is above it, or repeats its sign there.
    func correct(_ samples: inout [UInt8]) {
        switch type {
        case .u1: shift(&samples, UInt8.self)
        case .i1: shift(&samples, Int8.self)
        case .u2: shift(&samples, UInt16.self)
        case .i2: shift(&samples, Int16.self)
        case .u4: shift(&samples, UInt32.self)
        case .i4: shift(&samples, Int32.self)
        case .u8: shift(&samples, UInt64.self)
        case .i8: shift(&samples, Int64.self)
        case .f4, .f8: break
        }
    }

    private func shift<Number: FixedWidthInteger>(_ samples: inout [UInt8], _: Number.Type) {
        samples.withUnsafeMutableBytes { buffer in
            let width = MemoryLayout<Number>.size
            for offset in stride(from: 0, to: buffer.count - width + 1, by: width) {
                let value = Number(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Number.self))
                let moved = (value << Number(above)) >> Number(unused)
                buffer.storeBytes(of: moved.littleEndian, toByteOffset: offset, as: Number.self)
            }
        }
    }
}

/// Samples between the widths that decoders give and that Bits Allocated wants.
enum SampleWidening {
    /// Little-endian samples of `from` bytes to `to` bytes, filled up with zeros.
    static func widen(_ samples: [UInt8], from: Int, to: Int) -> [UInt8] {
        guard from < to else { return samples }
        let count = samples.count / from
        var wide = [UInt8](repeating: 0, count: count * to)
        samples.withUnsafeBufferPointer { source in
            wide.withUnsafeMutableBufferPointer { target in
                for index in 0..<count {
                    for byte in 0..<from { target[index * to + byte] = source[index * from + byte] }
                }
            }
        }
        return wide
    }

    /// The low `to` bytes of each value, with its sign repeated where `to` is more than its own four.
    static func narrow(_ values: [Int32], to: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: values.count * to) { target, filled in
            for (index, value) in values.enumerated() {
                let wide = UInt64(bitPattern: Int64(value))
                for byte in 0..<to { target[index * to + byte] = UInt8(truncatingIfNeeded: wide >> UInt64(8 * byte)) }
            }
            filled = values.count * to
        }
    }
}
