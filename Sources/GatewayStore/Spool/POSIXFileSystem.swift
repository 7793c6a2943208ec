import DICOMCore
import Foundation
import Synchronization

/// The operating system's own files.
public struct POSIXFileSystem: SpoolFileSystem {
    public init() {}

    public func create(_ path: String) throws -> any SpoolFile {
        let descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("open", path) }
        return POSIXFile(descriptor: descriptor, path: path)
    }

    public func makeFolder(_ path: String) throws {
        if Self.isFolder(path) { return }
        let above = (path as NSString).deletingLastPathComponent
        if !above.isEmpty, above != path { try makeFolder(above) }
        guard mkdir(path, 0o777) != 0 else { return }
        // Another may have made it meanwhile.
        let code = errno
        guard code == EEXIST, Self.isFolder(path) else {
            throw StoreError.system(call: "mkdir", path: path, code: code)
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    public func rename(_ path: String, to target: String) throws {
        guard Foundation.rename(path, target) == 0 else { throw failure("rename", path) }
    }

    public func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer { Foundation.close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
    }

    public func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw failure("unlink", path) }
    }

    public func list(_ folder: String) throws -> [String] {
        guard let names = FolderReader.names(in: folder) else { throw failure("opendir", folder) }
        return names.map { String(decoding: $0, as: UTF8.self) }
    }

    public func size(_ path: String) throws -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw failure("stat", path)
        }
        return Int64(status.st_size)
    }

    public func freeBytes(_ folder: String) throws -> Int64 {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw failure("statvfs", folder) }
        let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : Int64(clamping: bytes)
    }

    /// Bytes of the file system that holds a folder, and how many of them anybody uses.
    static func extent(ofDiskAt folder: String) throws -> (size: Int64, used: Int64) {
        var status = statvfs()
        guard statvfs(folder, &status) == 0 else { throw failure("statvfs", folder) }
        func bytes(_ blocks: UInt64) -> Int64 {
            let (bytes, overflow) = blocks.multipliedReportingOverflow(by: UInt64(status.f_frsize))
            return overflow ? .max : Int64(clamping: bytes)
        }
        return (bytes(UInt64(status.f_blocks)), bytes(UInt64(status.f_blocks - min(status.f_bfree, status.f_blocks))))
    }
}

private func failure(_ call: String, _ path: String) -> StoreError {
    .system(call: call, path: path, code: errno)
}

/// Linux's sync_file_range (its flag 2 is SYNC_FILE_RANGE_WRITE), which the C library's headers hide from Swift; nil
/// elsewhere.
private let syncFileRange: (@Sendable @convention(c) (Int32, Int64, Int64, UInt32) -> Int32)? = {
    guard let symbol = dlsym(nil, "sync_file_range") else { return nil }
    return unsafeBitCast(symbol, to: (@Sendable @convention(c) (Int32, Int64, Int64, UInt32) -> Int32).self)
}()

private final class POSIXFile: SpoolFile {
    private struct State {
        var descriptor: Int32
        var written: Int64 = 0
        var begun: Int64 = 0
    }
    private let path: String
    private let state: Mutex<State>

    init(descriptor: Int32, path: String) {
        self.path = path
        state = Mutex(State(descriptor: descriptor))
    }

    deinit { close() }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        // Without the lock, so that readers of what is there do not wait for it.
        let descriptor = state.withLock { $0.descriptor }
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure("write", path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        state.withLock { $0.written += Int64(bytes.count) }
    }

    func read(at offset: Int64, into bytes: UnsafeMutableRawBufferPointer) throws {
        let descriptor = state.withLock { $0.descriptor }
        var done = 0
        while done < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes.dropFirst(done))
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure("read", path) }
            done += count
        }
    }

    func startWriteback() {
        guard let syncFileRange else { return }
        // Called beside `write`, which must not wait for it.
        let (descriptor, begun, end) = state.withLock { state in
            // What comes next would wait for a page that is on its way, and the page would be written again.
            let end = state.written - state.written % Self.page
            defer { state.begun = end }
            return (state.descriptor, state.begun, end)
        }
        // Only speed depends on it: `sync` is what promises.
        if end > begun { _ = syncFileRange(descriptor, begun, end - begun, 2) }
    }

    private static let page = Int64(sysconf(Int32(_SC_PAGESIZE)))

    func sync() throws {
        let descriptor = state.withLock { $0.descriptor }
        // fdatasync writes the length too, and leaves out times only (POSIX synchronized I/O data integrity).
        guard fdatasync(descriptor) == 0 else { throw failure("fdatasync", path) }
    }

    func close() {
        state.withLock { state in
            guard state.descriptor >= 0 else { return }
            _ = Foundation.close(state.descriptor)
            state.descriptor = -1
        }
    }
}

/// Keeps a second gateway off the folder for as long as this process lives.
final class FolderLock: Sendable {
    private let descriptor: Mutex<Int32>

    init(path: String) throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            Foundation.close(descriptor)
            throw StoreError.folderInUse(path: (path as NSString).deletingLastPathComponent)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            guard descriptor >= 0 else { return }
            // Unlocked by name: a child between fork and exec may hold a copy of the descriptor.
            flock(descriptor, LOCK_UN)
            _ = Foundation.close(descriptor)
            descriptor = -1
        }
    }
}
