import Foundation

/// What the store could not do, where, and what to do about it.
public enum StoreError: Error, Equatable, Sendable {
    /// A call to the operating system failed. `code` is its `errno`.
    case system(call: String, path: String, code: Int32)
    /// The database refused. `code` is SQLite's extended result code.
    case database(message: String, code: Int32)
    /// The database was made by a newer Hilum.
    case newerSchema(path: String)
    /// Another gateway works on this folder.
    case folderInUse(path: String)
    /// The folder holds no store yet.
    case noStore(path: String)
    /// The operator, or a worker, named something that is not there.
    case unknown(kind: String, name: String)
    /// The row's state does not allow what was asked.
    case wrongState(kind: String, name: String, state: String, wanted: String)
    /// A worker's claim ran out or was taken back, so what it hands in is not taken.
    case claimLost(job: Int64)
    /// A stored value that this version cannot read.
    case unreadable(column: String, value: String)
    /// Fewer bytes are free on the disk than must stay so.
    case notEnoughRoom(path: String, free: Int64, wanted: Int64)
}

extension StoreError {
    /// The disk is full: nothing is wrong with the work, which can be done when there is room again.
    public var isOutOfRoom: Bool {
        switch self {
        case .system(_, _, let code): code == ENOSPC || code == EDQUOT
        // SQLITE_FULL, whatever its extension.
        case .database(_, let code): code & 0xFF == 13
        case .notEnoughRoom: true
        default: false
        }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let call, let path, let code):
            let reason = String(cString: strerror(code))
            return "\(call) failed at \(path): \(reason); check the folder's permissions and free space"
        case .database(let message, let code):
            return "the database refused (SQLite \(code)): \(message)"
        case .newerSchema(let path):
            return "\(path) was made by a newer Hilum; use that version, or another storage folder"
        case .folderInUse(let path):
            return "another gateway works on \(path); stop it, or give this one its own storage folder"
        case .noStore(let path):
            return "\(path) holds no store; start `hilum serve` there once, or name its folder"
        case .unknown(let kind, let name):
            return "there is no \(kind) '\(name)'; `hilum queue list` shows what there is"
        case .wrongState(let kind, let name, let state, let wanted):
            return "\(kind) '\(name)' is \(state); only \(wanted) can be changed this way"
        case .claimLost(let job):
            return "the claim on job \(job) was taken back; its result is not kept, another worker makes it again"
        case .unreadable(let column, let value):
            return "\(column) holds '\(value)', which this version does not know; use the version that wrote it"
        case .notEnoughRoom(let path, let free, let wanted):
            return "\(path) has \(free) bytes free, \(wanted) must stay free; make room"
        }
    }
}
