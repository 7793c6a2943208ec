/// The header of a Part 10 file (PS3.10 §7.1): preamble, `DICM`, and the elements of group 0002, always explicit VR
/// little endian.
public struct FileMetaInformation: Equatable, Sendable {
    /// Media Storage SOP Class UID (0002,0002).
    public var sopClassUID: UID?
    /// Media Storage SOP Instance UID (0002,0003).
    public var sopInstanceUID: UID?
    /// Transfer Syntax UID (0002,0010), of the data set that follows. Nil in damaged files only.
    public var transferSyntaxUID: UID?
    /// Implementation Class UID (0002,0012): which software wrote the file.
    public var implementationClassUID: UID?
    /// Implementation Version Name (0002,0013), at most 16 characters.
    public var implementationVersionName: String?
    /// (0002,0016): the application that wrote the file, or, of a received one, that sent it.
    public var sourceApplicationEntityTitle: AETitle?
    /// (0002,0017): who sent the object that the file holds.
    public var sendingApplicationEntityTitle: AETitle?
    /// (0002,0018): who received it.
    public var receivingApplicationEntityTitle: AETitle?

    /// A header of a file that Hilum writes: the implementation is `Implementation`.
    public init(sopClassUID: UID?, sopInstanceUID: UID?, transferSyntaxUID: UID?) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntaxUID = transferSyntaxUID
        self.implementationClassUID = Implementation.classUID
        self.implementationVersionName = Implementation.versionName
    }

    init() {}

    /// The syntax of ``transferSyntaxUID``, registered or not.
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
    /// Made from a UUID (PS3.5 §B.2).
    public static let classUID = UID(known: "2.25.89563398345494865371630889470112049869")
    /// At most 16 characters.
    public static let versionName = "HILUM_0_1"
}
