/// A unique identifier (PS3.5 §9): digits and dots, at most 64 characters.
public struct UID: Hashable, Sendable {
    /// 1 to 64 characters.
    public let string: String

    /// Nil unless `string` is 1 to 64 characters of digits and dots. Leading zeros of a component, which PS3.5
    /// forbids and peers send all the same, are kept as they are.
    public init?(_ string: some StringProtocol) {
        let bytes = Array(string.utf8)
        guard (1...64).contains(bytes.count) else { return nil }
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        guard bytes.allSatisfy({ digits.contains($0) || $0 == UInt8(ascii: ".") }),
            bytes.first != UInt8(ascii: "."), bytes.last != UInt8(ascii: ".")
        else { return nil }
        self.string = String(string)
    }

    /// As PS3.5 9.1 has it: no component is empty or begins with a zero that means nothing.
    public var isWellFormed: Bool {
        string.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
            $0 == "0" || $0.first ?? "0" != "0"
        }
    }

    /// A UID that this source text spells out.
    public init(known string: StaticString) {
        self.string = string.description
    }

    /// A UID made from a 128-bit UUID: `2.25.` and the UUID as one decimal number (PS3.5 §B.2).
    public init(uuid high: UInt64, _ low: UInt64) {
        let number = UInt128(high) << 64 | UInt128(low)
        self.string = "2.25.\(number)"
    }
}

extension UID: CustomStringConvertible, Comparable {
    public var description: String { string }
    public static func < (left: UID, right: UID) -> Bool { left.string < right.string }
}

extension UID: Codable {
    /// From a string; anything but a UID throws.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let uid = UID(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no UID")
        }
        self = uid
    }

    /// As a string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(string)
    }
}
