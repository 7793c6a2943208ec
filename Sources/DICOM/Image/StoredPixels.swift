/// The type of a sample, as NumPy names it without byte order; all are little endian.
public enum SampleType: String, Sendable, CaseIterable {
    case u1, u2, u4, u8, i1, i2, i4, i8, f4, f8

    public var bytes: Int {
        switch self {
        case .u1, .i1: 1
        case .u2, .i2: 2
        case .u4, .i4, .f4: 4
        case .u8, .i8, .f8: 8
        }
    }

    public var isSigned: Bool { [.i1, .i2, .i4, .i8].contains(self) }
    public var isFloat: Bool { self == .f4 || self == .f8 }

    /// Nil for a number of bits that no sample of an image has. Packed bits become bytes.
    init?(bitsAllocated: Int, isSigned: Bool) {
        switch bitsAllocated {
        case 1: self = .u1
        case 8: self = isSigned ? .i1 : .u1
        case 16: self = isSigned ? .i2 : .u2
        case 32: self = isSigned ? .i4 : .u4
        case 64: self = isSigned ? .i8 : .u8
        default: return nil
        }
    }
}

/// One frame's stored values (PS3.3 C.11.1): decoded, before any modality transformation.
public struct StoredFrame: Sendable {
    public var rows: Int
    public var columns: Int
    /// Per pixel.
    public var samples: Int
    public var type: SampleType
    /// Of the decoded samples.
    public var photometricInterpretation: PhotometricInterpretation
    /// `rows * columns * samples` values of `type` in little endian, row by row, colour by pixel.
    public var bytes: [UInt8]
}

/// All frames' stored values, one after the other.
public struct StoredPixels: Sendable {
    public var rows: Int
    public var columns: Int
    public var frames: Int
    public var samples: Int
    public var type: SampleType
    public var photometricInterpretation: PhotometricInterpretation
    public var bytes: [UInt8]
}

extension StoredFrame {
    /// The values as numbers of one kind: exact for integers up to 53 bits.
    public func doubles() -> [Double] {
        switch type {
        case .u1: bytes.map(Double.init)
        case .i1: bytes.map { Double(Int8(bitPattern: $0)) }
        case .u2: integers(UInt16.self).map(Double.init)
        case .i2: integers(Int16.self).map(Double.init)
        case .u4: integers(UInt32.self).map(Double.init)
        case .i4: integers(Int32.self).map(Double.init)
        case .u8: integers(UInt64.self).map(Double.init)
        case .i8: integers(Int64.self).map(Double.init)
        case .f4: integers(UInt32.self).map { Double(Float(bitPattern: $0)) }
        case .f8: integers(UInt64.self).map(Double.init(bitPattern:))
        }
    }

    /// The bytes as integers of the given width.
    func integers<Number: FixedWidthInteger>(_: Number.Type) -> [Number] {
        let width = MemoryLayout<Number>.size
        return bytes.withUnsafeBytes { source in
            [Number](unsafeUninitializedCapacity: source.count / width) { target, count in
                count = source.count / width
                for index in 0..<count {
                    target[index] = Number(
                        littleEndian: source.loadUnaligned(fromByteOffset: index * width, as: Number.self))
                }
            }
        }
    }
}
