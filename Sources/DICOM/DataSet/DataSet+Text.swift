internal import CDCMTK
public import DICOMCore
internal import Foundation

/// Text from a data set.
public struct DecodedText: Equatable, Sendable {
    public var string: String
    /// False when some bytes mean nothing in the character set; they stand in `string` as `\xHH`.
    public var isComplete: Bool

    public init(string: String, isComplete: Bool) {
        self.string = string
        self.isComplete = isComplete
    }
}

extension DataSet {
    /// The first value, without padding; nil when the element is absent or empty.
    public func string(_ tag: Tag) -> String? {
        strings(tag).first.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All values, without padding; none when the element is absent or no text. Undecodable bytes are `\xHH`.
    public func strings(_ tag: Tag) -> [String] { texts(tag).map(\.string) }

    /// All values, each with whether its bytes could be decoded (PS3.3 C.12.1.1.2, PS3.5 §6.1). Where no character set is
    /// stated, bytes above 127 are taken for UTF-8 if they are that, else for ISO_IR 100.
    public func texts(_ tag: Tag) -> [DecodedText] {
        guard let vr = valueRepresentation(tag), let bytes = bytes(tag), !bytes.isEmpty else { return [] }
        guard let kind = TextKind(vr: vr) else {
            return TextKind.isNumber(vr)
                ? doubles(tag).map { DecodedText(string: Self.describe($0), isComplete: true) } : []
        }
        return Self.decode(bytes, kind, characterSet: characterSet)
    }

    static func decode(_ bytes: [UInt8], _ kind: TextKind, characterSet: String) -> [DecodedText] {
        let whole = kind.usesCharacterSet ? characterSet : Self.defaultRepertoire
        return kind.values(bytes, characterSet: whole).map { value in
            var text = decode(value, characterSet: whole, delimiters: kind.delimiters)
            text.string = kind.trim(text.string)
            return text
        }
    }

    /// Said outright, so that nothing else is assumed.
    private static let defaultRepertoire = "ISO_IR 6"

    private static func decode(_ bytes: [UInt8], characterSet: String, delimiters: String) -> DecodedText {
        var isComplete = false
        let length = cdcmtk_text(bytes, bytes.count, characterSet, delimiters, nil, 0, &isComplete)
        var buffer = [CChar](repeating: 0, count: length)
        _ = cdcmtk_text(bytes, bytes.count, characterSet, delimiters, &buffer, length, &isComplete)
        let string = String(decoding: buffer.lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
        return DecodedText(string: string, isComplete: isComplete)
    }

    private static func describe(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? String(number)
    }
}

/// How the value representations of text differ (PS3.5 §6.2).
enum TextKind {
    /// The default repertoire only: AE, AS, CS, DA, DS, DT, IS, TM, UI, UR.
    case basic
    /// LO, SH, UC.
    case line
    case personName
    /// LT, ST, UT: one value, in which a backslash is a backslash.
    case prose

    init?(vr: String) {
        switch vr {
        case "AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR": self = .basic
        case "LO", "SH", "UC", "UN": self = .line
        case "PN": self = .personName
        case "LT", "ST", "UT": self = .prose
        default: return nil
        }
    }

    static func isNumber(_ vr: String) -> Bool {
        ["US", "SS", "xs", "UL", "SL", "UV", "SV", "FL", "FD", "up"].contains(vr)
    }

    var usesCharacterSet: Bool { self != .basic }

    /// What resets code extensions to the first character set (PS3.5 §6.1.2.5.3).
    var delimiters: String {
        switch self {
        case .basic, .line: "\\"
        case .personName: "\\^="
        case .prose: "\r\n\t\u{0C}"
        }
    }

    /// Values between backslashes. In the multi-byte sets a backslash may be a character's second byte: after an escape
    /// to JIS X 0208 or 0212, and in GB18030 and GBK after a first byte above 0x80.
    func values(_ bytes: [UInt8], characterSet: String) -> [[UInt8]] {
        guard self != .prose else { return [bytes] }
        let hasWideBackslash = characterSet.uppercased().contains("GB")
        var values: [[UInt8]] = [[]]
        var isDoubleByte = false
        var rest = bytes[...]
        while let byte = rest.first {
            var length = 1
            if byte == Self.escape {
                length = Self.escapeLength(rest)
                isDoubleByte = Self.designatesDoubleByte(rest)
            } else if (isDoubleByte && byte > 0x20) || (hasWideBackslash && byte > 0x80) {
                length = min(2, rest.count)
            } else if byte == UInt8(ascii: "\\") {
                values.append([])
                rest = rest.dropFirst()
                continue
            }
            values[values.count - 1] += rest.prefix(length)
            rest = rest.dropFirst(length)
        }
        return values
    }

    private static let escape: UInt8 = 0x1B

    /// Escape, up to two intermediate bytes, and a final byte (ISO 2022; PS3.3 C.12.1.1.2).
    private static func escapeLength(_ bytes: ArraySlice<UInt8>) -> Int {
        let intermediates = bytes.dropFirst().prefix(2).prefix { (0x20...0x2F).contains($0) }.count
        return min(2 + intermediates, bytes.count)
    }

    /// JIS X 0208 and 0212 come into G0, whose bytes look like ASCII.
    private static func designatesDoubleByte(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.starts(with: [escape, 0x24, 0x42]) || bytes.starts(with: [escape, 0x24, 0x28])
    }

    func trim(_ text: String) -> String {
        let trailing = text.reversed().drop { $0 == " " || $0 == "\0" }
        let trimmed = String(trailing.reversed())
        guard self == .basic || self == .line else { return trimmed }
        return String(trimmed.drop { $0 == " " })
    }
}
