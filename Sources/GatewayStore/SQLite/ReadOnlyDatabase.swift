import Foundation
import GRDB

/// Opens the database for a look that writes nothing, on file systems and for users that allow no writing.
///
/// A write-ahead log beside the database may hold what was committed last, and says that somebody may be at work: then
/// SQLite reads both, and takes part in the locking through the `-shm` file, which it only has to read. Without a log all
/// is in the database's file and nobody has it open. Then it is read as a file that doesn't change (`immutable`): an
/// ordinary reader would make log and `-shm` file anew, which it may not, or which would be its user's afterwards.
enum ReadOnlyDatabase {
    static func open(at path: String, busyTimeout: Double) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        let hasLog = FileManager.default.fileExists(atPath: "\(path)-wal")
        let name = hasLog ? path : URL(filePath: path).absoluteString + "?immutable=1"
        do {
            let queue = try DatabaseQueue(path: name, configuration: configuration)
            try Store.checkSchema(of: queue, at: path)
            return queue
        } catch let error as DatabaseError {
            let why = "SQLite \(error.extendedResultCode.rawValue): \(error.message ?? "no reason given")"
            guard hasLog, [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode) else {
                throw StoreError.database(message: why, code: error.extendedResultCode.rawValue)
            }
            throw StoreError.logNotReadable(path: path, why: why)
        }
    }
}
