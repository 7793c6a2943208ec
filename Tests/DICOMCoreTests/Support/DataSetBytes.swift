import DICOMCore

/// Data sets spelled out byte by byte, so that the scanner is not tested by our own encoder.
enum DataSetBytes {
    static func le16(_ number: Int) -> [UInt8] { [UInt8(number & 0xFF), UInt8(number >> 8 & 0xFF)] }
    static func le32(_ number: Int) -> [UInt8] { le16(number & 0xFFFF) + le16(number >> 16 & 0xFFFF) }
    static func tag(_ group: Int, _ element: Int) -> [UInt8] { le16(group) + le16(element) }
    static let undefined = 0xFFFF_FFFF

    static func implicit(_ group: Int, _ element: Int, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
        tag(group, element) + le32(length ?? value.count) + value
    }

    static func short(_ group: Int, _ element: Int, _ vr: String, _ value: [UInt8]) -> [UInt8] {
        tag(group, element) + Array(vr.utf8) + le16(value.count) + value
    }

    static func long(_ group: Int, _ element: Int, _ vr: String, _ value: [UInt8], length: Int? = nil) -> [UInt8] {
        tag(group, element) + Array(vr.utf8) + [0, 0] + le32(length ?? value.count) + value
    }

    static func text(_ string: String) -> [UInt8] { Array(string.utf8) + (string.utf8.count & 1 == 1 ? [0] : []) }

    static func item(_ content: [UInt8], length: Int? = nil) -> [UInt8] {
        tag(0xFFFE, 0xE000) + le32(length ?? content.count) + content
    }
    static let itemEnd = tag(0xFFFE, 0xE00D) + le32(0)
    static let sequenceEnd = tag(0xFFFE, 0xE0DD) + le32(0)

    /// `depth` sequences inside each other, of undefined or of defined length.
    static func nested(_ depth: Int, isExplicit: Bool, hasLengths: Bool) -> [UInt8] {
        // Built from the inside out, as parts to be reversed, so that 10 000 levels don't copy quadratically much.
        var heads: [[UInt8]] = []
        var tails: [[UInt8]] = []
        var inner = 0
        let headLength = isExplicit ? 12 : 8
        for _ in 0..<depth {
            let itemLength = hasLengths ? inner : undefined
            let content = 8 + inner + (hasLengths ? 0 : 16)
            let sequenceLength = hasLengths ? content : undefined
            let head =
                isExplicit
                ? long(0x0040, 0xA730, "SQ", [], length: sequenceLength)
                : implicit(0x0040, 0xA730, [], length: sequenceLength)
            heads.append(head + item([], length: itemLength))
            if !hasLengths { tails.append(itemEnd + sequenceEnd) }
            inner = headLength + content
        }
        return heads.reversed().flatMap { $0 } + tails.flatMap { $0 }
    }
}

/// Scans `bytes`, pushed in pieces of `piece` bytes.
func scan(
    _ bytes: [UInt8], _ syntax: TransferSyntax, piece: Int = .max, limits: DataSetScanner.Limits = .init(),
    knowsLength: Bool = false
) throws(DICOMCoreError) -> InstanceIdentity {
    var scanner = DataSetScanner(syntax, limits: limits, length: knowsLength ? UInt64(bytes.count) : nil)
    var rest = bytes[...]
    while !rest.isEmpty {
        try scanner.push(rest.prefix(piece))
        rest = rest.dropFirst(piece)
    }
    return try scanner.finish()
}
