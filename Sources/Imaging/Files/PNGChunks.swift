/// The walk over a PNG file's chunks before libpng sees them (PNG, third edition, §5.3).
enum PNGChunks {
    private static let signatureLength = 8
    /// What pixels need. The rest is left out: gamma and profiles would change values, and compressed text can be a
    /// bomb.
    private static let kept: Set<String> = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]

    /// The file with its signature and the chunks that pixels need, its size checked.
    static func critical(of bytes: [UInt8], name: String, limits: ImageLimits) throws(ImagingError) -> [UInt8] {
        func damaged(_ reason: String) -> ImagingError { .damaged(path: name, format: "PNG", reason: reason) }
        var out = Array(bytes.prefix(signatureLength))
        out.reserveCapacity(bytes.count)
        var position = signatureLength
        while true {
            // Length, type and check sum are four bytes each.
            guard bytes.count - position >= 12 else { throw damaged("it ends before its last chunk") }
            let length = number(bytes, at: position)
            let type = String(decoding: bytes[(position + 4)..<(position + 8)], as: UTF8.self)
            guard length <= bytes.count - position - 12 else {
                throw damaged("it ends in the middle of \(type.debugDescription)")
            }
            if position == signatureLength {
                guard type == "IHDR", length == 13 else { throw damaged("it does not begin with IHDR") }
                let width = number(bytes, at: position + 8)
                let height = number(bytes, at: position + 12)
                guard width > 0, height > 0 else { throw damaged("its size is \(width) × \(height) pixels") }
                guard width <= limits.pixels / height, width <= 1_000_000, height <= 1_000_000 else {
                    throw .tooLarge(path: name, width: width, height: height, limit: limits.pixels)
                }
            }
            let end = position + 12 + length
            if kept.contains(type) { out += bytes[position..<end] }
            if type == "IEND" { return out }
            position = end
        }
    }

    /// Where the first chunk of a type has its content; nil without one, or where the file breaks off before it.
    static func content(of type: String, in bytes: [UInt8]) -> Range<Int>? {
        var position = signatureLength
        while bytes.count - position >= 12 {
            let length = number(bytes, at: position)
            guard length <= bytes.count - position - 12 else { return nil }
            let content = (position + 8)..<(position + 8 + length)
            if bytes[(position + 4)..<(position + 8)].elementsEqual(type.utf8) { return content }
            position = content.upperBound + 4
        }
        return nil
    }

    private static func number(_ bytes: [UInt8], at position: Int) -> Int {
        bytes[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
}
