import Foundation

/// A file's bytes, read where they are wanted: not mapped, since a file that somebody shortens while it is mapped ends
/// the process, and not kept, since packed weights are.
final class StoredBytes: Sendable {
    enum Problem: Error { case changed, unreadable }

    let count: Int
    private let source: Source

    private enum Source: Sendable {
        case memory(Data)
        case file(descriptor: Int32, changed: timespec)
    }

    init(_ data: Data) {
        count = data.count
        source = .memory(data)
    }

    init(contentsOf url: URL) throws {
        let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Problem.unreadable }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw Problem.unreadable
        }
        count = Int(status.st_size)
        source = .file(descriptor: descriptor, changed: Self.changed(status))
    }

    deinit { if case .file(let descriptor, _) = source { close(descriptor) } }

    /// - Returns: bytes whose indices start at 0.
    /// - Throws: ``Problem`` when the file is no longer what it was.
    func read(_ range: Range<Int>) throws -> Data {
        switch source {
        case .memory(let data):
            return data.subdata(in: data.startIndex + range.lowerBound..<data.startIndex + range.upperBound)
        case .file(let descriptor, let changed):
            var status = stat()
            guard fstat(descriptor, &status) == 0, Int(status.st_size) == count,
                Self.changed(status).tv_sec == changed.tv_sec, Self.changed(status).tv_nsec == changed.tv_nsec
            else { throw Problem.changed }
            var data = Data(count: range.count)
            var done = 0
            while done < range.count {
                let got = data.withUnsafeMutableBytes { bytes in
                    pread(descriptor, bytes.baseAddress! + done, range.count - done, off_t(range.lowerBound + done))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { throw Problem.unreadable }
                done += got
            }
            return data
        }
    }

    private static func changed(_ status: stat) -> timespec {
        #if os(Linux)
            status.st_mtim
        #else
            status.st_mtimespec
        #endif
    }
}
