/// Why bytes are no data set, no meta header or no command set that Hilum takes. Offsets count from the first byte of
/// what was being read.
public enum DICOMCoreError: Error, Equatable, Sendable {
    /// No form of file that ``FileHead`` knows, or without what an object must have.
    case notDICOM(why: String)
    /// The bytes end inside an element or a sequence.
    case endedEarly(at: UInt64, inside: String)
    /// An element claims more bytes than what holds it has left (`room`).
    case lengthBeyondEnd(tag: Tag, at: UInt64, length: UInt64, room: UInt64)
    /// See ``DataSetScanner/Limits/nesting``.
    case nestedTooDeep(limit: Int, at: UInt64)
    /// See ``DataSetScanner/Limits/items``.
    case tooManyItems(limit: Int, at: UInt64)
    /// A tag where another must stand, such as an item outside a sequence.
    case unexpectedElement(tag: Tag, at: UInt64, expected: String)
    /// zlib can't inflate a deflated data set.
    case notDeflated(at: UInt64, why: String)
    /// See ``DataSetScanner/Limits/inflatedLength``.
    case inflatesBeyond(limit: UInt64)
    /// A command (PS3.7 §6.3) that can't be read.
    case commandSet(why: String)
    /// A file meta header (PS3.10 §7.1) that can't be read.
    case metaHeader(why: String)
    /// The system can't open or read the file; `why` in its words.
    case file(path: String, why: String)
}

extension DICOMCoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notDICOM(let why):
            "not a DICOM object: \(why)"
        case .endedEarly(let offset, let inside):
            "the data set ends at byte \(offset), inside \(inside); it was cut off on its way, send it again"
        case .lengthBeyondEnd(let tag, let offset, let length, let room):
            "element \(tag) at byte \(offset) claims \(length) bytes where \(room) are left; the data set is damaged"
        case .nestedTooDeep(let limit, let offset):
            "sequences are nested more than \(limit) deep at byte \(offset); no real object is, so this one is refused"
        case .tooManyItems(let limit, let offset):
            "its sequences hold more than \(limit) items at byte \(offset); no real object does, and a reader would run out of memory"
        case .unexpectedElement(let tag, let offset, let expected):
            "\(tag) at byte \(offset) where \(expected) belongs; the data set is damaged or its transfer syntax is not the stated one"
        case .notDeflated(let offset, let why):
            "deflated data can't be read near byte \(offset) (\(why)); the data set is damaged or its transfer syntax is not the stated one"
        case .inflatesBeyond(let limit):
            "the deflated data set grows beyond \(limit) bytes, the limit for one object"
        case .commandSet(let why):
            "not a command set: \(why)"
        case .metaHeader(let why):
            "the file meta header can't be read: \(why)"
        case .file(let path, let why):
            "\(path): \(why)"
        }
    }
}
