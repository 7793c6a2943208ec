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

    public static let AE = VR(known: "A", "E")
    public static let AT = VR(known: "A", "T")
    public static let CS = VR(known: "C", "S")
    public static let DA = VR(known: "D", "A")
    public static let IS = VR(known: "I", "S")
    public static let LO = VR(known: "L", "O")
    public static let OB = VR(known: "O", "B")
    public static let OW = VR(known: "O", "W")
    public static let PN = VR(known: "P", "N")
    public static let SH = VR(known: "S", "H")
    public static let SQ = VR(known: "S", "Q")
    public static let SS = VR(known: "S", "S")
    public static let TM = VR(known: "T", "M")
    public static let UI = VR(known: "U", "I")
    public static let UL = VR(known: "U", "L")
    public static let UN = VR(known: "U", "N")
    public static let US = VR(known: "U", "S")

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
