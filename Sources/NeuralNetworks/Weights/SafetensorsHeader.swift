import Foundation

/// The directory of a safetensors file: eight bytes of length (little-endian), then JSON that names each tensor with
/// its type, shape and place. Strict: places must follow each other without gap or overlap and end at the file's end.
struct SafetensorsHeader {
    struct Entry: Equatable {
        var type: ElementType
        var shape: [Int]
        /// Bytes, from the file's start.
        var range: Range<Int>
    }

    enum ElementType: String {
        case f32 = "F32"
        case f16 = "F16"
        case bf16 = "BF16"
        case u8 = "U8"
        /// Only beside a tensor of scales (``SafetensorsHeader/scaleName(of:)``).
        case i8 = "I8"
        case i64 = "I64"

        var size: Int {
            switch self {
            case .u8, .i8: 1
            case .f16, .bf16: 2
            case .f32: 4
            case .i64: 8
            }
        }
    }

    /// A reason without the file's name, which the caller adds.
    struct Problem: Error {
        var text: String
    }

    static let largestHeader = 16 << 20
    static let mostTensors = 100_000
    static let mostDimensions = 8

    private(set) var entries: [String: Entry] = [:]

    init(_ file: StoredBytes) throws(Problem) {
        guard file.count >= 8 else { throw Problem(text: "it is shorter than the eight bytes of a header's length") }
        let length = try Self.read(file, 0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.largestHeader, length <= file.count - 8 else {
            throw Problem(text: "its header claims \(length) bytes, the file has \(file.count)")
        }
        let start = 8 + Int(length)
        let json = try Self.read(file, 8..<start)
        guard let tree = try? JSONSerialization.jsonObject(with: json), let directory = tree as? [String: Any] else {
            throw Problem(text: "its header is not a JSON object")
        }
        guard directory.count <= Self.mostTensors else { throw Problem(text: "it names \(directory.count) tensors") }
        for (name, value) in directory where name != "__metadata__" {
            entries[name] = try Self.entry(name, value, start: start, end: file.count)
        }
        try checkPlaces(start: start, end: file.count)
        try checkScales()
    }

    /// The f32 tensor beside the signed bytes `name`: value = byte × scale, one scale for each index of dimension 0.
    static func scaleName(of name: String) -> String { name + ".scale" }

    private static func read(_ file: StoredBytes, _ range: Range<Int>) throws(Problem) -> Data {
        do {
            return try file.read(range)
        } catch {
            throw Problem(text: "it cannot be read")
        }
    }

    private static func entry(_ name: String, _ value: Any, start: Int, end: Int) throws(Problem) -> Entry {
        guard let fields = value as? [String: Any], let typeName = fields["dtype"] as? String,
            let shape = integers(fields["shape"]), let offsets = integers(fields["data_offsets"]), offsets.count == 2
        else { throw Problem(text: "tensor \(name) lacks dtype, shape or data_offsets") }
        guard let type = ElementType(rawValue: typeName) else {
            throw Problem(text: "tensor \(name) has the type \(typeName), which is not read")
        }
        guard shape.count <= mostDimensions else { throw Problem(text: "tensor \(name) has \(shape.count) dimensions") }
        var bytes = type.size
        for size in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            guard !overflow else { throw Problem(text: "tensor \(name) has an impossible shape \(shape)") }
            bytes = product
        }
        guard offsets[0] <= offsets[1], offsets[1] <= end - start else {
            throw Problem(text: "tensor \(name) lies outside the file, which may be truncated")
        }
        guard offsets[1] - offsets[0] == bytes else {
            throw Problem(text: "tensor \(name) of shape \(shape) takes \(bytes) bytes, not \(offsets[1] - offsets[0])")
        }
        return Entry(type: type, shape: shape, range: start + offsets[0]..<start + offsets[1])
    }

    /// Numbers that are whole and not negative.
    private static func integers(_ value: Any?) -> [Int]? {
        guard let values = value as? [Any] else { return nil }
        let integers = values.compactMap { ($0 as? NSNumber).flatMap { Int(exactly: $0.doubleValue) } }
        return integers.count == values.count && integers.allSatisfy { $0 >= 0 } ? integers : nil
    }

    private func checkPlaces(start: Int, end: Int) throws(Problem) {
        var next = start
        for (name, entry) in entries.sorted(by: {
            ($0.value.range.lowerBound, $0.key) < ($1.value.range.lowerBound, $1.key)
        }) {
            guard entry.range.lowerBound == next else {
                throw Problem(text: "tensor \(name) overlaps another or leaves a gap")
            }
            next = entry.range.upperBound
        }
        guard next == end else { throw Problem(text: "\(end - next) bytes follow the last tensor") }
    }

    private func checkScales() throws(Problem) {
        for (name, entry) in entries where entry.type == .i8 {
            let scaleName = Self.scaleName(of: name)
            guard let outputs = entry.shape.first else {
                throw Problem(text: "tensor \(name) of bytes has no dimensions")
            }
            guard let scale = entries[scaleName] else {
                throw Problem(text: "tensor \(name) is of bytes, but their scales \(scaleName) are missing")
            }
            guard scale.type == .f32, scale.shape == [outputs] else {
                throw Problem(
                    text: "scales \(scaleName) are \(scale.type.rawValue) of shape \(scale.shape) instead of F32 of"
                        + " shape [\(outputs)]")
            }
        }
    }
}
