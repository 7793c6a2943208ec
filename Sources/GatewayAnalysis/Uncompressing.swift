import DICOM
public import DICOMCore
public import DIMSE

/// Objects for peers that do not take them as they are: pixel data decoded, in one of the syntaxes without compression.
public enum Uncompressing {
    /// A `StoreBatch.Transcoder`.
    @Sendable public static func transcode(_ object: StorableObject, _ syntaxes: [TransferSyntax]) throws
        -> StorableObject?
    {
        guard let syntax = StoreBatch.uncompressedSyntaxes.first(where: syntaxes.contains) else { return nil }
        return try StorableObject(part10: try dataSet(object).uncompressed(as: syntax))
    }

    private static func dataSet(_ object: StorableObject) throws -> DataSet {
        switch object.source {
        case .file(let path, _, _): return try DataSet(contentsOf: path)
        case .bytes(let bytes):
            let meta = FileMetaInformation(
                sopClassUID: object.sopClassUID, sopInstanceUID: object.sopInstanceUID,
                transferSyntaxUID: object.transferSyntax.uid)
            return try DataSet(bytes: meta.encode() + bytes)
        }
    }
}
