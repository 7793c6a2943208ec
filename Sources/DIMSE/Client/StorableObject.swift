public import DICOMCore

/// An object to send: what it is, how its data set is written, and where its bytes are.
public struct StorableObject: Sendable {
    public enum Source: Sendable {
        /// A file whose data set begins at `offset` and goes to its end.
        case file(path: String, offset: UInt64, length: UInt64)
        /// A data set in memory, without meta header.
        case bytes([UInt8])
    }

    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var transferSyntax: TransferSyntax
    public var source: Source

    public init(sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax, source: Source) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntax = transferSyntax
        self.source = source
    }

    /// A DICOM file in any form that `FileHead` knows. Only its head is read when the meta header says enough; else the
    /// whole file is scanned.
    public init(file path: String) throws(DICOMCoreError) {
        let (head, length) = try FileReader.head(path: path)
        let source = Source.file(
            path: path, offset: UInt64(head.dataSetOffset), length: length - min(length, UInt64(head.dataSetOffset)))
        if let sopClass = head.meta?.sopClassUID, let instance = head.meta?.sopInstanceUID {
            self.init(
                sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: head.transferSyntax, source: source)
            return
        }
        let identity = try FileReader.scan(path: path).identity
        guard let sopClass = identity.sopClassUID, let instance = identity.sopInstanceUID else {
            throw .notDICOM(why: "\(path) has no SOP class and instance UID, so it can't be sent")
        }
        self.init(sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: head.transferSyntax, source: source)
    }

    /// A Part 10 file's bytes.
    public init(part10 bytes: [UInt8]) throws(DICOMCoreError) {
        guard let (meta, offset) = try FileMetaInformation.parse(bytes), let sopClass = meta.sopClassUID,
            let instance = meta.sopInstanceUID, let syntax = meta.transferSyntax
        else { throw .metaHeader(why: "it lacks SOP class, SOP instance or transfer syntax") }
        self.init(
            sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: syntax,
            source: .bytes(Array(bytes[offset...])))
    }

    /// Bytes of the data set.
    public var length: UInt64 {
        switch source {
        case .file(_, _, let length): length
        case .bytes(let bytes): UInt64(bytes.count)
        }
    }
}

extension StorableObject: CustomStringConvertible {
    /// Without the data, which names a patient.
    public var description: String {
        "\(SOPClass(uid: sopClassUID).name) \(sopInstanceUID) (\(transferSyntax.name), \(length) bytes)"
    }
}
