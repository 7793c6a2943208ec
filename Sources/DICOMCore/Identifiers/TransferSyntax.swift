/// How a data set is written as bytes (PS3.5 §10). Static members and their list are in `TransferSyntax+Registry.swift`.
public struct TransferSyntax: Sendable {
    /// By which alone syntaxes are compared.
    public let uid: UID
    /// The name in PS3.6 Annex A; the UID itself for a syntax that the registry doesn't have.
    public let name: String
    private let encoding: Encoding

    /// The four ways in which data elements are laid out; encapsulated pixel data is one of them because such data
    /// sets are always explicit VR little endian (PS3.5 §A.4).
    enum Encoding: Sendable {
        case implicitLittleEndian, explicitLittleEndian, explicitBigEndian, deflated, encapsulated
    }

    init(known uid: StaticString, _ name: StaticString, _ encoding: Encoding) {
        self.uid = UID(known: uid)
        self.name = name.description
        self.encoding = encoding
    }

    /// The registered syntax of this UID. A syntax that the registry doesn't have, such as a private one, is taken
    /// for explicit VR little endian with encapsulated pixel data, which PS3.5 §10.1 demands of new ones.
    public init(uid: UID) {
        if let known = Self.byUID[uid] {
            self = known
        } else {
            self.uid = uid
            self.name = uid.string
            self.encoding = .encapsulated
        }
    }

    private static let byUID = Dictionary(uniqueKeysWithValues: all.map { ($0.uid, $0) })

    /// It stands in PS3.6 Annex A; see ``all``.
    public var isRegistered: Bool { Self.byUID[uid] != nil }
    /// Elements say their VR (PS3.5 §7.1.2); only Implicit VR Little Endian leaves it to a dictionary.
    public var isExplicitVR: Bool { encoding != .implicitLittleEndian }
    /// Only Explicit VR Big Endian, which is retired, is not.
    public var isLittleEndian: Bool { encoding != .explicitBigEndian }
    /// The data set after the meta header is compressed as a whole (PS3.5 §A.5).
    public var isDeflated: Bool { encoding == .deflated }
    /// Pixel data is a sequence of compressed fragments (PS3.5 §A.4).
    public var isEncapsulated: Bool { encoding == .encapsulated }
}

extension TransferSyntax: Hashable {
    public static func == (left: TransferSyntax, right: TransferSyntax) -> Bool { left.uid == right.uid }
    public func hash(into hasher: inout Hasher) { hasher.combine(uid) }
}

extension TransferSyntax: CustomStringConvertible {
    public var description: String { name }
}
