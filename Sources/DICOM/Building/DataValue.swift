public import DICOMCore
internal import Foundation

/// A value to write. Which bytes it becomes follows from the attribute's value representation.
public enum DataValue: Equatable, Sendable {
    case empty
    case text(String)
    /// Several values; a backslash inside one would make it two.
    case texts([String])
    case uid(UID)
    case integers([Int])
    case numbers([Double])
    /// As they stand in the data set, numbers in little endian.
    case bytes([UInt8])

    public static func integer(_ value: Int) -> DataValue { .integers([value]) }
    public static func number(_ value: Double) -> DataValue { .numbers([value]) }
}

extension DataValue {
    enum Encoded: Equatable {
        case bytes([UInt8])
        /// Still to be put into a character set.
        case text(String)
    }

    /// - Throws: `DICOMError.unwritable` when the VR has no such values, or not so large ones.
    func encoded(_ tag: Tag, vr: String) throws(DICOMError) -> Encoded {
        switch self {
        case .empty: return .bytes([])
        case .bytes(let bytes): return .bytes(bytes)
        case .text(let text): return .text(text)
        case .texts(let texts): return .text(texts.joined(separator: "\\"))
        case .uid(let uid): return .text(uid.string)
        case .integers(let integers): return try Self.encode(integers, tag, vr)
        case .numbers(let numbers): return try Self.encode(numbers, tag, vr)
        }
    }

    private static func encode(_ values: [Int], _ tag: Tag, _ vr: String) throws(DICOMError) -> Encoded {
        func all<Number: FixedWidthInteger>(_: Number.Type) throws(DICOMError) -> Encoded {
            var bytes: [UInt8] = []
            for value in values {
                guard let number = Number(exactly: value) else {
                    throw .unwritable(why: "\(value) does not fit \(tag), whose VR is \(vr)")
                }
                withUnsafeBytes(of: number.littleEndian) { bytes += $0 }
            }
            return .bytes(bytes)
        }
        switch vr {
        case "US", "OW": return try all(UInt16.self)
        case "SS": return try all(Int16.self)
        case "UL", "OL": return try all(UInt32.self)
        case "SL": return try all(Int32.self)
        case "UV", "OV": return try all(UInt64.self)
        case "SV": return try all(Int64.self)
        case "FL", "FD": return try encode(values.map(Double.init), tag, vr)
        case "IS", "DS", "SH", "LO": return .text(values.map(String.init).joined(separator: "\\"))
        default: throw .unwritable(why: "\(tag) takes no integers, its VR is \(vr)")
        }
    }

    private static func encode(_ values: [Double], _ tag: Tag, _ vr: String) throws(DICOMError) -> Encoded {
        guard values.allSatisfy(\.isFinite) else {
            throw .unwritable(why: "a value for \(tag) is not a finite number")
        }
        switch vr {
        case "DS": return .text(values.map(decimalString).joined(separator: "\\"))
        case "FL", "OF":
            return .bytes(values.flatMap { withUnsafeBytes(of: Float($0).bitPattern.littleEndian, Array.init) })
        case "FD", "OD": return .bytes(values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
        default: throw .unwritable(why: "\(tag) takes no fractions, its VR is \(vr)")
        }
    }

    /// As many digits as the 16 characters of DS hold (PS3.5 §6.2).
    static func decimalString(_ value: Double) -> String {
        if let whole = Int(exactly: value), abs(whole) < 1_000_000_000_000_000 { return String(whole) }
        let shortest = "\(value)"
        if shortest.utf8.count <= 16 { return shortest }
        for digits in (1...16).reversed() {
            let text = String(format: "%.\(digits)g", value)
            if text.utf8.count <= 16 { return text }
        }
        return "0"
    }
}
