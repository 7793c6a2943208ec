/// A value representation (PS3.5 §6.2), as its two letters.
public struct VR: Hashable, Sendable {
    let first: UInt8
    let second: UInt8

    /// Nil unless both bytes are capital letters. Letters that no edition of the standard knows are a VR too.
    public init?(_ first: UInt8, _ second: UInt8) {
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        guard capitals.contains(first), capitals.contains(second) else { return nil }
        self.first = first
        self.second = second
    }

    private init(known first: Unicode.Scalar, _ second: Unicode.Scalar) {
        self.first = UInt8(ascii: first)
        self.second = UInt8(ascii: second)
    }

    /// Application Entity.
    public static let ae = VR(known: "A", "E")
    /// Attribute Tag.
    public static let at = VR(known: "A", "T")
    /// Code String.
    public static let cs = VR(known: "C", "S")
    /// Date.
    public static let da = VR(known: "D", "A")
    /// Long String.
    public static let lo = VR(known: "L", "O")
    /// Other Byte.
    public static let ob = VR(known: "O", "B")
    /// Other Word.
    public static let ow = VR(known: "O", "W")
    /// Person Name.
    public static let pn = VR(known: "P", "N")
    /// Short String.
    public static let sh = VR(known: "S", "H")
    /// Sequence of Items.
    public static let sq = VR(known: "S", "Q")
    /// Signed Short.
    public static let ss = VR(known: "S", "S")
    /// Time.
    public static let tm = VR(known: "T", "M")
    /// Unique Identifier.
    public static let ui = VR(known: "U", "I")
    /// Unsigned Long.
    public static let ul = VR(known: "U", "L")
    /// Unknown.
    public static let un = VR(known: "U", "N")
    /// Unsigned Short.
    public static let us = VR(known: "U", "S")

    private static let shortLength: Set<String> = [
        "AE", "AS", "AT", "CS", "DA", "DS", "DT", "FL", "FD", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM",
        "UI", "UL", "US",
    ]
    private static let binary: Set<String> = [
        "AT", "FD", "FL", "OB", "OD", "OF", "OL", "OV", "OW", "SL", "SQ", "SS", "SV", "UI", "UL", "UN", "US", "UV",
    ]
    private static let shortCodes = Set(shortLength.compactMap(VR.init(letters:)))
    private static let binaryCodes = Set(binary.compactMap(VR.init(letters:)))

    private init?(letters: String) {
        let bytes = Array(letters.utf8)
        guard bytes.count == 2 else { return nil }
        self.init(bytes[0], bytes[1])
    }

    /// Two reserved bytes and a 32-bit length follow the letters (PS3.5 §7.1.2), as they do for every VR that later
    /// editions add.
    public var hasLongLength: Bool { !Self.shortCodes.contains(self) }

    var code: [UInt8] { [first, second] }
    var padding: UInt8 { Self.binaryCodes.contains(self) ? 0 : UInt8(ascii: " ") }
}

extension VR: CustomStringConvertible {
    public var description: String { String(decoding: code, as: UTF8.self) }
}
