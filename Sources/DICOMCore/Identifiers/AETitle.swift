/// An application entity title (PS3.5 §6.2, VR AE): 1 to 16 printable ASCII characters without backslash; spaces at
/// both ends carry no meaning and are dropped.
public struct AETitle: Hashable, Sendable {
    /// 1 to 16 characters, trimmed; titles are compared by it, case and all.
    public let string: String

    /// Nil when nothing is left after trimming, when more than 16 characters are, or when one of them is a control
    /// character, a backslash, or not ASCII.
    public init?(_ string: some StringProtocol) {
        let space = UInt8(ascii: " ")
        let bytes = string.utf8.drop { $0 == space }
        let length = bytes.reversed().drop { $0 == space }.count
        let trimmed = bytes.prefix(length)
        guard (1...16).contains(length),
            trimmed.allSatisfy({ (0x20...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.string = String(decoding: trimmed, as: UTF8.self)
    }

    /// A title that this source text spells out.
    public init(known string: StaticString) {
        self.string = string.description
    }
}

extension AETitle: CustomStringConvertible, Comparable {
    public var description: String { string }
    public static func < (left: AETitle, right: AETitle) -> Bool { left.string < right.string }
}

extension AETitle: Codable {
    /// From a string; anything but an AE title throws.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let title = AETitle(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "'\(text)' is no AE title: 1 to 16 ASCII characters, no backslash")
        }
        self = title
    }

    /// As a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
