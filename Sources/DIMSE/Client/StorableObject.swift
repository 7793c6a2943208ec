public import DICOMCore

/// An object to send: what it is, how its data set is written, and where its bytes are.
public struct StorableObject: Sendable {
    /// Where the bytes of a data set are. They go out as they are, so they must be in the object's transfer syntax.
    public enum Source: Sendable {
        /// `length` bytes of a file from `offset` on, read while they are sent.
        case file(path: String, offset: UInt64, length: UInt64)
        /// A data set in memory, without meta header.
        case bytes([UInt8])
    }

    /// SOP Class UID (0008,0016) of the data set.
    public var sopClassUID: UID
    /// SOP Instance UID (0008,0018) of the data set; the peer compares it with the request.
    public var sopInstanceUID: UID
    /// In which `source` is written.
    public var transferSyntax: TransferSyntax
    /// The data set.
    public var source: Source

    /// An object of which everything is known; nothing is read or checked.
    public init(sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax, source: Source) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntax = transferSyntax
        self.source = source
    }

    /// A DICOM file in any form that `FileHead` knows. UIDs are the data set's, which the peer compares with the
    /// request; the meta header may say something else.
    /// - Throws: `DICOMCoreError` when the file can't be read, is no DICOM file, or has no SOP class and instance UID.
    public init(file path: String) throws(DICOMCoreError) {
        let head: FileHead
        let identity: InstanceIdentity
        let length: UInt64
        do {
            (head, identity, length) = try FileReader.start(path: path) { $0.sopInstanceUID != nil }
        } catch {
            // What is damaged behind a good meta header is the peer's to judge.
            (head, length) = try FileReader.head(path: path)
            guard head.meta?.sopInstanceUID != nil else { throw error }
            identity = InstanceIdentity()
        }
        let source = Source.file(
            path: path, offset: UInt64(head.dataSetOffset), length: length - min(length, UInt64(head.dataSetOffset)))
        guard let sopClass = identity.sopClassUID ?? head.meta?.sopClassUID,
            let instance = identity.sopInstanceUID ?? head.meta?.sopInstanceUID
        else {
            throw .notDICOM(why: "\(path) has no SOP class and instance UID, so it can't be sent")
        }
        self.init(sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: head.transferSyntax, source: source)
    }

    /// A Part 10 file's bytes (PS3.10 §7.1); the UIDs are its meta header's.
    /// - Throws: `DICOMCoreError` when there is no meta header, or it lacks SOP class, SOP instance or transfer syntax.
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
