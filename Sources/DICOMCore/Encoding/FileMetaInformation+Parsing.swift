extension FileMetaInformation {
    /// Meta headers are some 300 bytes; private information (0002,0102) may make them longer, but not without bound.
    public static let maximumLength = 1 << 20

    /// Reads preamble and meta header from a file's first bytes.
    /// - Returns: the header and where the data set begins; nil when `prefix` ends inside the header, so that more
    ///   bytes are wanted.
    public static func parse(
        _ prefix: some RandomAccessCollection<UInt8>
    ) throws(DICOMCoreError) -> (meta: FileMetaInformation, dataSetOffset: Int)? {
        let bytes = Array(prefix.prefix(maximumLength + 132))
        guard bytes.count >= 132 else { return nil }
        guard bytes[128..<132].elementsEqual("DICM".utf8) else {
            throw .metaHeader(why: "no 'DICM' at byte 128")
        }
        return try parseElements(bytes, from: 132)
    }

    /// Walks elements of group 0002 until another group begins. The group length is not relied on: it is missing or
    /// wrong in many files.
    static func parseElements(
        _ bytes: [UInt8], from start: Int
    ) throws(DICOMCoreError) -> (meta: FileMetaInformation, dataSetOffset: Int)? {
        var meta = FileMetaInformation()
        var offset = start
        while true {
            guard offset - start <= maximumLength else {
                throw .metaHeader(why: "it is longer than \(maximumLength) bytes")
            }
            guard bytes.count - offset >= 8 else { return nil }
            guard bytes[offset] == 2, bytes[offset + 1] == 0 else { return (meta, offset) }
            guard let (value, next) = try value(bytes, at: offset) else { return nil }
            let element = UInt16(bytes[offset + 2]) | UInt16(bytes[offset + 3]) << 8
            meta.take(element, bytes[value])
            offset = next
        }
    }

    private static func value(
        _ bytes: [UInt8], at offset: Int
    ) throws(DICOMCoreError) -> (value: Range<Int>, next: Int)? {
        let number = { (at: Int, count: Int) in (0..<count).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
        let vr = VR(bytes[offset + 4], bytes[offset + 5])
        let head: Int
        let length: Int
        switch vr?.hasLongLength {
        case nil: (head, length) = (8, number(offset + 4, 4))
        case false?: (head, length) = (8, number(offset + 6, 2))
        case true?:
            guard bytes.count - offset >= 12 else { return nil }
            (head, length) = (12, number(offset + 8, 4))
        }
        guard length <= maximumLength else {
            throw .metaHeader(why: "an element at byte \(offset) claims \(length) bytes")
        }
        let begin = offset + head
        guard bytes.count - begin >= length else { return nil }
        return (begin..<begin + length, begin + length)
    }

    private mutating func take(_ element: UInt16, _ value: ArraySlice<UInt8>) {
        let text = { String(trimming: value) }
        switch element {
        case 0x0002: sopClassUID = UID(text())
        case 0x0003: sopInstanceUID = UID(text())
        case 0x0010: transferSyntaxUID = UID(text())
        case 0x0012: implementationClassUID = UID(text())
        case 0x0013: implementationVersionName = text()
        case 0x0016: sourceApplicationEntityTitle = AETitle(text())
        case 0x0017: sendingApplicationEntityTitle = AETitle(text())
        case 0x0018: receivingApplicationEntityTitle = AETitle(text())
        default: break
        }
    }
}
