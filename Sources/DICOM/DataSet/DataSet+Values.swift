internal import CDCMTK
public import DICOMCore
internal import Foundation

extension DataSet {
    /// The value's bytes as they stand in the data set, numbers in little endian; nil when the element is absent, a
    /// sequence or pixel data.
    public func bytes(_ tag: Tag) -> [UInt8]? {
        storage.locked { _ in item.value(tag) }
    }

    /// The first value as an integer, from binary numbers and from IS and DS text; nil when there is none.
    public func integer(_ tag: Tag) -> Int? { integers(tag).first }

    public func integers(_ tag: Tag) -> [Int] {
        doubles(tag).compactMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    public func double(_ tag: Tag) -> Double? { doubles(tag).first }

    /// All values as numbers; ones that are no finite number are left out.
    public func doubles(_ tag: Tag) -> [Double] {
        guard let vr = valueRepresentation(tag), let bytes = bytes(tag) else { return [] }
        return Self.numbers(bytes, vr: vr, isSigned: { self.integer(.pixelRepresentation) == 1 })
    }

    public func uid(_ tag: Tag) -> UID? { string(tag).flatMap(UID.init) }

    public var sopClassUID: UID? { uid(.sopClassUID) }
    public var sopInstanceUID: UID? { uid(.sopInstanceUID) }
    public var studyInstanceUID: UID? { uid(.studyInstanceUID) }
    public var seriesInstanceUID: UID? { uid(.seriesInstanceUID) }
    public var modality: String? { string(.modality) }

    /// - Parameter isSigned: decides where the encoding leaves US or SS open ("xs").
    static func numbers(_ bytes: [UInt8], vr: String, isSigned: () -> Bool) -> [Double] {
        func all<Number: FixedWidthInteger>(_: Number.Type) -> [Number] {
            bytes.withUnsafeBytes { buffer in
                (0..<buffer.count / MemoryLayout<Number>.size).map {
                    Number(
                        littleEndian: buffer.loadUnaligned(
                            fromByteOffset: $0 * MemoryLayout<Number>.size, as: Number.self))
                }
            }
        }
        let found: [Double]
        switch vr {
        case "US", "OW", "lt": found = all(UInt16.self).map(Double.init)
        case "SS": found = all(Int16.self).map(Double.init)
        case "xs": found = isSigned() ? all(Int16.self).map(Double.init) : all(UInt16.self).map(Double.init)
        case "UL", "up", "OL": found = all(UInt32.self).map(Double.init)
        case "SL": found = all(Int32.self).map(Double.init)
        case "UV", "OV": found = all(UInt64.self).map(Double.init)
        case "SV": found = all(Int64.self).map(Double.init)
        case "FL", "OF": found = all(UInt32.self).map { Double(Float(bitPattern: $0)) }
        case "FD", "OD": found = all(UInt64.self).map(Double.init(bitPattern:))
        default: found = text(numbers: bytes)
        }
        return found.filter(\.isFinite)
    }

    private static func text(numbers bytes: [UInt8]) -> [Double] {
        bytes.split(separator: UInt8(ascii: "\\"), omittingEmptySubsequences: true).compactMap {
            Double(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .paddingAndSpace))
        }
    }
}

extension CharacterSet {
    static let paddingAndSpace = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "\0"))
}
