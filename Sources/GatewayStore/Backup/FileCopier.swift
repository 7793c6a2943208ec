import Foundation

/// Puts a file of one folder into another: as a second name of the same file where both lie on one file system, since a
/// file of the spool never changes; copied otherwise.
struct FileCopier {
    enum Way: Hashable { case linked, copied }

    var mayLink = true
    /// Who gets what is made; nil: whoever runs this. Only root may give files away.
    var owner: (user: uid_t, group: gid_t)?
    /// Asked once, before the first file that can't be linked.
    var willCopy: () throws -> Void = {}
    private var hasCopied = false

    init(mayLink: Bool = true, owner: (user: uid_t, group: gid_t)? = nil) {
        self.mayLink = mayLink
        self.owner = geteuid() == 0 ? owner : nil
    }

    /// What is at `target` goes. The folder is made where it is not there.
    /// - Throws: ``StoreError/system(call:path:code:)``; nothing is at `target` then.
    mutating func put(_ source: String, at target: String) throws -> Way {
        try makeFolder(SpoolLayout.folder(of: target))
        guard unlink(target) == 0 || errno == ENOENT else { throw Self.failure("unlink", target) }
        if mayLink {
            if link(source, target) == 0 { return .linked }
            // Another file system, one without links, or a file that is another user's.
            guard [EXDEV, EPERM, EACCES, EMLINK, EOPNOTSUPP, ENOSYS].contains(errno) else {
                throw Self.failure("open for reading", source)
            }
        }
        if !hasCopied {
            try willCopy()
            hasCopied = true
        }
        try copy(source, to: target)
        return .copied
    }

    func makeFolder(_ path: String) throws {
        guard !path.isEmpty, access(path, F_OK) != 0 else { return }
        try makeFolder((path as NSString).deletingLastPathComponent)
        guard mkdir(path, 0o770) == 0 || errno == EEXIST else { throw Self.failure("mkdir", path) }
        if let owner { _ = chown(path, owner.user, owner.group) }
    }

    /// Under another name until it is whole and on the disk.
    func copy(_ source: String, to target: String) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC)
        guard input >= 0 else { throw Self.failure("open for reading", source) }
        defer { close(input) }
        let partial = "\(target).partial"
        let output = open(partial, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0o640)
        guard output >= 0 else { throw Self.failure("open", partial) }
        do {
            defer { close(output) }
            try pump(input, source, output, partial)
            if let owner { _ = fchown(output, owner.user, owner.group) }
            try keepTimes(input, source, output, partial)
            guard fsync(output) == 0 else { throw Self.failure("fsync", partial) }
        } catch {
            unlink(partial)
            throw error
        }
        guard rename(partial, target) == 0 else { throw Self.failure("rename", partial) }
    }

    private func pump(_ input: Int32, _ source: String, _ output: Int32, _ target: String) throws {
        while case let piece = try FileCheck.read(input, upTo: 1 << 20, source), !piece.isEmpty {
            try piece.withUnsafeBytes { bytes in
                var rest = bytes
                while !rest.isEmpty {
                    let count = write(output, rest.baseAddress, rest.count)
                    if count < 0, errno == EINTR { continue }
                    guard count >= 0 else { throw Self.failure("write", target) }
                    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
                }
            }
        }
    }

    /// When an object came can be read from its file's time, should the database be lost.
    private func keepTimes(_ input: Int32, _ source: String, _ output: Int32, _ target: String) throws {
        var status = stat()
        guard fstat(input, &status) == 0 else { throw Self.failure("stat", source) }
        let times = [status.st_atim, status.st_mtim]
        guard futimens(output, times) == 0 else { throw Self.failure("futimens", target) }
    }

    static func failure(_ call: String, _ path: String) -> StoreError {
        .system(call: call, path: path, code: errno)
    }
}
