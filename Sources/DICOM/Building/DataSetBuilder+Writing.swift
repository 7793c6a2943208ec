internal import CDCMTK
public import DICOMCore

extension DataSetBuilder {
    /// The whole file: preamble, meta information, data set. UIDs of class and instance come from the data set.
    public func part10(transferSyntax: TransferSyntax = .explicitVRLittleEndian) throws(DICOMError) -> [UInt8] {
        let hasPixels = storage.locked { _ in storage.root.element(.pixelData) } != nil
        guard !transferSyntax.isDeflated, !hasPixels || transferSyntax.isEncapsulated == root.isEncapsulated else {
            throw .unwritable(why: "its pixel data is not encoded as \(transferSyntax.name) wants it")
        }
        let reader = DataSet(storage, item: storage.root, syntax: transferSyntax, meta: nil, inherited: "")
        guard let sopClass = reader.sopClassUID, let sopInstance = reader.sopInstanceUID else {
            throw .unwritable(why: "SOP Class UID or SOP Instance UID is missing")
        }
        let meta = FileMetaInformation(
            sopClassUID: sopClass, sopInstanceUID: sopInstance, transferSyntaxUID: transferSyntax.uid)
        return try write(after: meta.encode(), transferSyntax)
    }

    private final class Sink {
        var bytes: [UInt8]
        init(_ bytes: [UInt8]) { self.bytes = bytes }
    }

    private func write(after head: [UInt8], _ syntax: TransferSyntax) throws(DICOMError) -> [UInt8] {
        let sink = Sink(head)
        // Encapsulation is of pixel data; without any, DCMTK writes plain explicit VR little endian.
        let encoding = syntax.isEncapsulated && !root.isEncapsulated ? CDCMTK_EXPLICIT_LITTLE_ENDIAN : syntax.encoding
        try storage.locked(DICOMError.unwritable(why:)) { handle, error in
            cdcmtk_write(
                handle, encoding,
                { context, bytes, count in
                    guard let context, let bytes else { return false }
                    let sink = Unmanaged<Sink>.fromOpaque(context).takeUnretainedValue()
                    sink.bytes.append(contentsOf: UnsafeBufferPointer(start: bytes, count: count))
                    return true
                }, Unmanaged.passUnretained(sink).toOpaque(), error)
        }
        return sink.bytes
    }
}
