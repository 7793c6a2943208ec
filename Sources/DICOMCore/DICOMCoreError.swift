/// Why bytes are no data set, no meta header or no command set that Hilum takes. Offsets count from the first byte of
/// what was being read.
public enum DICOMCoreError: Error, Equatable, Sendable {
    case notDICOM(why: String)
    case endedEarly(at: UInt64, inside: String)
    case lengthBeyondEnd(tag: Tag, at: UInt64, length: UInt64, room: UInt64)
    case nestedTooDeep(limit: Int, at: UInt64)
    case tooManyItems(limit: Int, at: UInt64)
    case unexpectedElement(tag: Tag, at: UInt64, expected: String)
    case notDeflated(at: UInt64, why: String)
    case inflatesBeyond(limit: UInt64)
    case commandSet(why: String)
    case metaHeader(why: String)
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
