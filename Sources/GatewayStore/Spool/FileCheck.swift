import Crypto
import DICOMCore
import Foundation
public import Workflow

/// Whether a spooled file still holds the bytes that came.
enum FileCheck {
    private static let piece = 1 << 20
    /// A meta header is shorter; ours has a few hundred bytes.
    private static let longestHeader = 1 << 16

    /// - Parameters:
    ///   - bytes: of the whole file.
    ///   - digest: of its data set.
    /// - Returns: nil when it is as it was.
    static func fault(of file: URL, bytes: Int64, digest: ObjectDigest) -> JobWorkflow.UnreadImage.Fault? {
        do {
            return try dataSetDigest(of: file.path, bytes: bytes) == digest ? nil : .damaged
        } catch let error as StoreError {
            return .unreadable(error.cause)
        } catch {
            return .damaged
        }
    }

    /// Nil where the file has another length, or no meta header.
    /// - Throws: ``StoreError/system(call:path:code:)``
    static func dataSetDigest(of path: String, bytes: Int64) throws -> ObjectDigest? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.system(call: "open for reading", path: path, code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.system(call: "stat", path: path, code: errno) }
        guard Int64(status.st_size) == bytes else { return nil }
        let head = try read(descriptor, upTo: longestHeader, path)
        guard let form = try? FileMetaInformation.parse(head), form.dataSetOffset <= head.count else { return nil }
        var hash = SHA256()
        hash.update(data: head[form.dataSetOffset...])
        while case let piece = try read(descriptor, upTo: piece, path), !piece.isEmpty { hash.update(data: piece) }
        return ObjectDigest(hash.finalize())
    }

    static func read(_ descriptor: Int32, upTo count: Int, _ path: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while true {
                let got = Foundation.read(descriptor, buffer.baseAddress, count)
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw StoreError.system(call: "read", path: path, code: errno) }
                filled = got
                return
            }
        }
    }
}

extension Store {
    /// Reads a job's files and compares them with what came.
    /// - Returns: those that can't be read now, or have other bytes.
    public func faults(of job: ClaimedJob) -> [JobWorkflow.UnreadImage] {
        job.images.compactMap { image in
            let object = image.object
            return FileCheck.fault(of: object.file, bytes: object.bytes, digest: image.digest).map {
                JobWorkflow.UnreadImage(object.sopInstance, $0)
            }
        }
    }
}
