import CKernels

/// One tensor of a safetensors file that is being written.
struct SafetensorsPart {
    enum Values {
        case floats([Float])
        case bytes([UInt8])
        case signed([Int8])
    }

    private(set) var name: String
    private(set) var type: SafetensorsHeader.ElementType
    private(set) var shape: [Int]
    private(set) var values: Values

    private var size: Int { shape.reduce(type.size, *) }

    /// What the file will hold, in its order.
    /// - Throws: for a tensor that ``SafetensorsHeader`` or ``WeightsFile`` would not read again.
    static func parts(
        of tensors: [String: (tensor: Tensor, precision: StoredPrecision)]
    ) throws(SafetensorsHeader.Problem) -> [SafetensorsPart] {
        var parts: [SafetensorsPart] = []
        for (name, stored) in tensors { parts += try self.parts(of: name, stored.tensor, stored.precision) }
        guard Set(parts.map(\.name)).count == parts.count else {
            throw SafetensorsHeader.Problem(
                text: "two tensors have one name, since bytes keep their scales in NAME.scale")
        }
        return parts.sorted { ($1.type.size, $0.name) < ($0.type.size, $1.name) }
    }

    private static func parts(
        of name: String, _ tensor: Tensor, _ precision: StoredPrecision
    ) throws(SafetensorsHeader.Problem) -> [SafetensorsPart] {
        func check(_ holds: Bool, _ text: String) throws(SafetensorsHeader.Problem) {
            guard holds else { throw SafetensorsHeader.Problem(text: "tensor \(name) \(text)") }
        }
        let shape = tensor.shape
        try check(shape.count <= SafetensorsHeader.mostDimensions, "has \(shape.count) dimensions")
        let bad = tensor.values.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { nn_first_not_finite($0, Int64(buffer.count)) } ?? -1
        }
        try check(bad < 0, "has the value \(bad < 0 ? 0 : tensor.values[Int(bad)])")
        let whole = SafetensorsPart(name: name, type: .f32, shape: shape, values: .floats(tensor.values))
        switch precision {
        case .f32: return [whole]
        case .bf16:
            let largest = tensor.values.reduce(0) { max($0, abs($1)) }
            try check(BFloat16.rounded(largest) < 0x7F80, "has the value \(largest), which bf16 does not hold")
            let bytes = BFloat16.bytes(of: tensor.values)
            return [SafetensorsPart(name: name, type: .bf16, shape: shape, values: .bytes(bytes))]
        case .i8:
            guard shape.count >= 2 else { return [whole] }
            let quantized = ChannelQuantization(tensor)
            try check(
                quantized.scales.allSatisfy { ($0 * 127).isFinite }, "has values too large for bytes with a scale")
            return [
                SafetensorsPart(name: name, type: .i8, shape: shape, values: .signed(quantized.bytes)),
                SafetensorsPart(
                    name: SafetensorsHeader.scaleName(of: name), type: .f32, shape: [shape[0]],
                    values: .floats(quantized.scales)),
            ]
        }
    }

    /// Length and directory, padded with blanks to a multiple of eight bytes.
    static func header(of parts: [SafetensorsPart], _ metadata: [String: String]) -> [UInt8] {
        var fields: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            fields.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var offset = 0
        for part in parts {
            let shape = part.shape.map(String.init).joined(separator: ",")
            let end = offset + part.size
            fields.append(
                #"\#(quoted(part.name)):{"dtype":"\#(part.type.rawValue)","shape":[\#(shape)],"#
                    + #""data_offsets":[\#(offset),\#(end)]}"#)
            offset = end
        }
        var json = Array("{\(fields.joined(separator: ","))}".utf8)
        json += Array(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json
    }

    /// A JSON string.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\t": "\\t"
            case _ where scalar.value < 0x20:
                "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
