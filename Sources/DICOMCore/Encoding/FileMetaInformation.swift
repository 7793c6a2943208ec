/// The header of a Part 10 file (PS3.10 §7.1): preamble, `DICM`, and the elements of group 0002, always explicit VR
/// little endian.
public struct FileMetaInformation: Equatable, Sendable {
    public var sopClassUID: UID?
    public var sopInstanceUID: UID?
    /// Nil in damaged files only.
    public var transferSyntaxUID: UID?
    public var implementationClassUID: UID?
    public var implementationVersionName: String?
    /// The application that wrote the file, or, of a received one, that sent it.
    public var sourceApplicationEntityTitle: AETitle?
    public var sendingApplicationEntityTitle: AETitle?
    public var receivingApplicationEntityTitle: AETitle?

    public init(sopClassUID: UID?, sopInstanceUID: UID?, transferSyntaxUID: UID?) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.implementationClassUID = Implementation.classUID
        self.implementationVersionName = Implementation.versionName
    }

    init() {}

    public var transferSyntax: TransferSyntax? { transferSyntaxUID.map(TransferSyntax.init(uid:)) }

    /// Preamble of 128 zeros, `DICM`, and the group with its length: what stands before a data set in a file.
    public func encode() -> [UInt8] {
        var body = DataSetEncoder(.explicitLittleEndian)
        body.append(Tag(2, 0x0001), .ob, bytes: [0, 1])
        for (element, uid) in [
            (0x0002, sopClassUID), (0x0003, sopInstanceUID), (0x0010, transferSyntaxUID),
            (0x0012, implementationClassUID),
        ] as [(UInt16, UID?)] {
            if let uid { body.append(Tag(2, element), uid) }
        }
        if let name = implementationVersionName { body.append(Tag(2, 0x0013), .sh, name.prefix(16)) }
        for (element, title) in [
            (0x0016, sourceApplicationEntityTitle), (0x0017, sendingApplicationEntityTitle),
            (0x0018, receivingApplicationEntityTitle),
        ] as [(UInt16, AETitle?)] {
            if let title { body.append(Tag(2, element), .ae, title.string) }
        }
        var group = DataSetEncoder(.explicitLittleEndian)
        group.append(Tag(2, 0), unsignedLong: UInt32(clamping: body.bytes.count))
        return [UInt8](repeating: 0, count: 128) + Array("DICM".utf8) + group.bytes + body.bytes
    }
}

/// What Hilum calls itself in meta headers and associations (PS3.7 §D.3.3.2).
public enum Implementation {
    public static let classUID = UID(known: "2.25.89563398345494865371630889470112049869")
    /// At most 16 characters.
    public static let versionName = "HILUM_0_1"
}
