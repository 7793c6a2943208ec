/// A command set (PS3.7 §6.3, Annex E): the elements of group 0000, always implicit VR little endian. Knows bytes and
/// types of values; what a command means is DIMSE's.
public struct CommandSet: Equatable, Sendable {
    /// Values by element number, without the group length, which `encode` computes.
    private var values: [UInt16: [UInt8]] = [:]

    /// A command without elements.
    public init() {}

    /// More than any command holds: the longest lists attribute tags.
    public static let maximumLength = 64 * 1024

    /// Reads the bytes of one command. Elements of other groups are refused, group 0000 ones that the standard has
    /// retired are kept.
    /// - Throws: ``DICOMCoreError/commandSet(why:)``
    public init(decoding bytes: some Sequence<UInt8>) throws(DICOMCoreError) {
        let bytes = Array(bytes)
        guard bytes.count <= Self.maximumLength else {
            throw .commandSet(why: "\(bytes.count) bytes, the limit is \(Self.maximumLength)")
        }
        var offset = 0
        while offset < bytes.count {
            guard bytes.count - offset >= 8 else {
                throw .commandSet(why: "\(bytes.count - offset) stray bytes at its end")
            }
            let group = UInt16(bytes[offset]) | UInt16(bytes[offset + 1]) << 8
            let element = UInt16(bytes[offset + 2]) | UInt16(bytes[offset + 3]) << 8
            let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + 4 + $1]) << (8 * $1) }
            guard group == 0 else { throw .commandSet(why: "element \(Tag(group, element)) is not of group 0000") }
            guard length <= bytes.count - offset - 8 else {
                throw .commandSet(why: "element \(Tag(group, element)) claims \(length) bytes, more than there are")
            }
            if element != 0 { values[element] = Array(bytes[offset + 8..<offset + 8 + length]) }
            offset += 8 + length
        }
    }

    /// The command's bytes, Command Group Length (0000,0000) first.
    public func encode() -> [UInt8] {
        var body = DataSetEncoder(.implicitLittleEndian)
        for (element, value) in values.sorted(by: { $0.key < $1.key }) {
            body.append(Tag(0, element), .un, bytes: value)
        }
        var head = DataSetEncoder(.implicitLittleEndian)
        head.append(Tag(0, 0), unsignedLong: UInt32(clamping: body.bytes.count))
        return head.bytes + body.bytes
    }

    /// A US value; nil when the element is absent or shorter than two bytes.
    public subscript(short element: Element) -> UInt16? {
        get {
            guard let value = values[element.rawValue], value.count >= 2 else { return nil }
            return UInt16(value[0]) | UInt16(value[1]) << 8
        }
        set { values[element.rawValue] = newValue?.littleEndianBytes }
    }

    /// A text value without padding; nil when the element is absent.
    public subscript(text element: Element) -> String? {
        get { values[element.rawValue].map { String(trimming: $0) } }
        set { values[element.rawValue] = newValue.map { Self.padded(Array($0.utf8), UInt8(ascii: " ")) } }
    }

    /// A UI value; nil when the element is absent or no UID.
    public subscript(uid element: Element) -> UID? {
        get { self[text: element].flatMap { UID($0) } }
        set { values[element.rawValue] = newValue.map { Self.padded(Array($0.string.utf8), 0) } }
    }

    private static func padded(_ bytes: [UInt8], _ padding: UInt8) -> [UInt8] {
        bytes.count & 1 == 1 ? bytes + [padding] : bytes
    }

    /// Element numbers of group 0000 (PS3.7 Annex E).
    public enum Element: UInt16, Sendable {
        case affectedSOPClassUID = 0x0002
        case requestedSOPClassUID = 0x0003
        case commandField = 0x0100
        case messageID = 0x0110
        case messageIDBeingRespondedTo = 0x0120
        case moveDestination = 0x0600
        case priority = 0x0700
        case commandDataSetType = 0x0800
        case status = 0x0900
        case offendingElement = 0x0901
        case errorComment = 0x0902
        case errorID = 0x0903
        case affectedSOPInstanceUID = 0x1000
        case requestedSOPInstanceUID = 0x1001
        case eventTypeID = 0x1002
        case attributeIdentifierList = 0x1005
        case actionTypeID = 0x1008
        case numberOfRemainingSuboperations = 0x1020
        case numberOfCompletedSuboperations = 0x1021
        case numberOfFailedSuboperations = 0x1022
        case numberOfWarningSuboperations = 0x1023
        case moveOriginatorApplicationEntityTitle = 0x1030
        case moveOriginatorMessageID = 0x1031
    }
}

extension String {
    /// Text of a value: without the spaces and nulls that pad it at either end, bytes read as UTF-8.
    init(trimming bytes: some BidirectionalCollection<UInt8>) {
        let isPadding: (UInt8) -> Bool = { $0 == 0 || $0 == UInt8(ascii: " ") }
        let tail = bytes.drop(while: isPadding)
        let end = tail.lastIndex { !isPadding($0) }.map { tail.index(after: $0) } ?? tail.startIndex
        self.init(decoding: tail[tail.startIndex..<end], as: UTF8.self)
    }
}
