import Crypto
import DICOMCore
import Foundation
import Workflow

/// What a file of a backup is known by, read in one pass.
struct FileDigests: Hashable {
    let bytes: Int64
    /// SHA-256 of all of it, 64 lower-case hexadecimal digits.
    let whole: String
    /// Of its data set, as rows hold it; nil where the file has no meta header.
    let dataSet: ObjectDigest?

    private static let piece = 1 << 20

    /// - Throws: ``StoreError/system(call:path:code:)``
    init(of path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.system(call: "open for reading", path: path, code: errno) }
        defer { close(descriptor) }
        // As much as a meta header may have comes with the first piece.
        let head = try FileCheck.read(descriptor, upTo: Self.piece, path)
        var (length, all) = (Int64(head.count), SHA256())
        all.update(data: head)
        var dataSet: SHA256?
        if let form = try? FileMetaInformation.parse(head), form.dataSetOffset <= head.count {
            dataSet = SHA256()
            dataSet?.update(data: head[form.dataSetOffset...])
        }
        while case let piece = try FileCheck.read(descriptor, upTo: Self.piece, path), !piece.isEmpty {
            length += Int64(piece.count)
            all.update(data: piece)
            dataSet?.update(data: piece)
        }
        bytes = length
        whole = ObjectDigest(all.finalize())?.description ?? ""
        self.dataSet = dataSet.flatMap { ObjectDigest($0.finalize()) }
    }
}
