import Foundation
import GRDB

/// Gives the database's write-ahead log the length to which it grows before SQLite starts it over. A commit then writes
/// over blocks that the file has, and its sync need not make the file system note a new length and new blocks: that
/// halves what it takes.
enum WriteAheadLog {
    /// SQLite starts over after 1000 pages of 4096 bytes; each has a header of 24. Some more for the last transaction.
    static let length = 32 + 1100 * (24 + 4096)

    /// Fills the log behind its end with zeros, which SQLite takes for no frame: frames carry a salt and a checksum.
    static func prepare(of pool: DatabasePool, at path: String) throws {
        // Inside a transaction that has the writer's lock: no process appends meanwhile.
        try pool.writeInTransaction(.immediate) { _ in
            fill("\(path)-wal")
            return .commit
        }
    }

    /// A log that a long reader let grow is cut to its length when SQLite starts it over.
    static func bound(_ database: some DatabaseWriter) throws {
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_size_limit = \(length)") }
    }

    /// Has SQLite start over a log that is much too long. Where somebody reads, it is tried again later.
    static func startOver(_ database: some DatabaseWriter, at path: String) {
        var status = stat()
        guard stat("\(path)-wal", &status) == 0, status.st_size > 4 * length else { return }
        _ = try? database.writeWithoutTransaction { try $0.checkpoint(.restart) }
    }

    /// Only speed depends on it, so a full disk is no error here.
    private static func fill(_ path: String) {
        let descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var position = lseek(descriptor, 0, SEEK_END)
        let zeros = [UInt8](repeating: 0, count: 1 << 16)
        while position >= 0, position < off_t(length) {
            let count = pwrite(descriptor, zeros, min(zeros.count, length - Int(position)), position)
            guard count > 0 else { return }
            position += off_t(count)
        }
        fsync(descriptor)
    }
}
