import Foundation

/// Replaces a file so that after a crash, or a loss of power, either the old or the new one is there, whole.
///
/// The bytes go to `.NAME.partial` in the same folder, which is renamed once they are on the disk. What a killed process
/// left there is overwritten by the next.
final class DurableFile {
    /// A reason without the file's name, which the caller adds.
    struct Problem: Error, Equatable {
        var text: String
    }

    private let descriptor: Int32
    private let target: String
    private let partial: String

    /// - Throws: ``Problem`` when the folder is missing or not writable, or another process is writing the same file.
    init(replacing url: URL) throws(Problem) {
        target = url.path
        partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial").path
        descriptor = try Self.lockedFile(partial)
        // The class is whole here: its end closes the descriptor.
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure() }
    }

    /// For tests: writes to a descriptor that is open.
    init(descriptor: Int32) {
        self.descriptor = descriptor
        target = ""
        partial = ""
    }

    deinit { close(descriptor) }

    /// The locked file of that name. Between open and lock its writer may have renamed it: then it is opened anew.
    private static func lockedFile(_ path: String) throws(Problem) -> Int32 {
        while true {
            let descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0o644)
            guard descriptor >= 0 else { throw failure() }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let problem = errno == EWOULDBLOCK ? Problem(text: "another process is writing it") : failure()
                close(descriptor)
                throw problem
            }
            var opened = stat()
            var named = stat()
            if fstat(descriptor, &opened) == 0, stat(path, &named) == 0, opened.st_ino == named.st_ino,
                opened.st_dev == named.st_dev
            {
                return descriptor
            }
            close(descriptor)
        }
    }

    /// - Throws: ``Problem``, for a full disk among others. The partial file is removed.
    func write(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
        var rest = bytes
        while !rest.isEmpty {
            let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw abandon() }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Puts the file into its place, on the disk.
    /// - Throws: ``Problem``. The old file is still there then, but for a failure of the very last step.
    func commit() throws(Problem) {
        guard fsync(descriptor) == 0, rename(partial, target) == 0 else { throw abandon() }
        let folder = open((target as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Self.failure() }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Self.failure() }
    }

    private func abandon() -> Problem {
        let problem = Self.failure()
        if !partial.isEmpty { unlink(partial) }
        return problem
    }

    private static func failure() -> Problem {
        switch errno {
        case ENOSPC, EDQUOT: Problem(text: "the disk is full")
        case ENOENT: Problem(text: "its folder does not exist")
        default: Problem(text: String(cString: strerror(errno)))
        }
    }
}
