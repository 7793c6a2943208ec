internal import DICOMCore

/// The three tables of PALETTE COLOR (PS3.3 C.7.6.3.1.5, C.7.9).
struct Palette {
    let tables: [LookupTable]

    /// Nil when a table is missing or malformed.
    init?(_ dataSet: DataSet) {
        let isSigned = dataSet.integer(.pixelRepresentation) == 1
        tables = (UInt16(0)..<3).compactMap { colour in
            guard let descriptor = dataSet.bytes(Tag(0x0028, Tag.redPaletteDescriptor.element + colour)) else {
                return nil
            }
            let plain = dataSet.bytes(Tag(0x0028, Tag.redPaletteData.element + colour))
            let segments = dataSet.bytes(Tag(0x0028, Tag.redPaletteSegments.element + colour))
            guard let data = plain ?? segments.flatMap(Self.expand) else { return nil }
            return LookupTable(descriptor: descriptor, isFirstInputSigned: isSigned, data: data)
        }
        guard tables.count == 3 else { return nil }
    }

    func rgb(_ indices: [Double]) -> [UInt8] {
        // Entries of 16 bits show their upper byte.
        indices.flatMap { index in
            tables.map { table in
                let entry = table[Int(saturating: index)]
                return table.bits > 8 ? UInt8(entry >> UInt16(table.bits - 8)) : UInt8(truncatingIfNeeded: entry)
            }
        }
    }

    /// Segmented palettes (PS3.3 C.7.9.2): discrete, linear and indirect segments of words, to a table of words.
    static func expand(_ segments: [UInt8]) -> [UInt8]? {
        let words = (0..<segments.count / 2).map { UInt16(segments[2 * $0]) | UInt16(segments[2 * $0 + 1]) << 8 }
        var entries: [UInt16] = []
        var position = 0
        while position + 1 < words.count {
            guard let next = expand(words, at: position, depth: 0, into: &entries), entries.count <= 1 << 16 else {
                return nil
            }
            position = next
        }
        return entries.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// The position after the segment. One without entries is malformed: copies of it could go on for hours.
    private static func expand(_ words: [UInt16], at position: Int, depth: Int, into entries: inout [UInt16]) -> Int? {
        guard position + 1 < words.count, entries.count <= 1 << 16 else { return nil }
        let count = Int(words[position + 1])
        let begin = position + 2
        switch words[position] {
        case 0:
            guard count > 0, begin + count <= words.count else { return nil }
            entries += words[begin..<begin + count]
            return begin + count
        case 1:
            guard count > 0, begin < words.count, let last = entries.last else { return nil }
            let (from, to) = (Double(last), Double(words[begin]))
            entries += (1...count).map {
                UInt16((from + (to - from) * Double($0) / Double(count)).rounded())
            }
            return begin + 1
        case 2:
            guard depth == 0, begin + 1 < words.count else { return nil }
            // A byte offset of 32 bits.
            var source = (Int(words[begin]) | Int(words[begin + 1]) << 16) / 2
            for _ in 0..<count {
                guard let next = expand(words, at: source, depth: 1, into: &entries) else { return nil }
                source = next
            }
            return begin + 2
        default: return nil
        }
    }
}
