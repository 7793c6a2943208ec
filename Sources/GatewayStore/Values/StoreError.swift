import Foundation
public import Workflow

/// What the store could not do, where, and what to do about it.
public enum StoreError: Error, Equatable, Sendable {
    /// A call to the operating system failed. `code` is its `errno`.
    case system(call: String, path: String, code: Int32)
    /// The database refused. `code` is SQLite's extended result code.
    case database(message: String, code: Int32)
    /// The database was made by a newer Hilum.
    case newerSchema(path: String)
    /// The spool holds files and no database.
    case databaseMissing(path: String)
    /// SQLite can't read the database.
    case databaseDamaged(path: String, why: String)
    /// Another gateway works on this folder.
    case folderInUse(path: String)
    /// The folder holds no store yet.
    case noStore(path: String)
    /// This process may not change anything there. `code` is its `errno`.
    case mayNotWrite(path: String, code: Int32)
    /// The database has a write-ahead log, and what SQLite needs to read it can't be made or opened.
    case logNotReadable(path: String, why: String)
    /// The operator, or a worker, named something that is not there.
    case unknown(kind: String, name: String)
    /// The state of a study, a job, a delivery or a set-aside object does not allow what was asked. Nothing changed.
    case refused(Refusal)
    /// A stored value that this version cannot read.
    case unreadable(column: String, value: String)
    /// Fewer bytes are free on the disk than must stay so.
    case notEnoughRoom(path: String, free: Int64, wanted: Int64)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let call, let path, let code):
            let reason = String(cString: strerror(code))
            return "\(call) failed at \(path): \(reason); \(Self.advice(errno: code))"
        case .database(let message, let code):
            return "the database refused (SQLite \(code)): \(message)\(Self.advice(databaseCode: code))"
        case .databaseMissing(let path):
            return
                "\(path) is missing, and the folder holds studies; run `hilum storage check --repair` to make it anew "
                + "from them, or restore a backup (`hilum restore`)"
        case .databaseDamaged(let path, let why):
            return
                "\(path) is damaged (\(why)); run `hilum storage check --repair` to make it anew from the files beside "
                + "it, or restore a backup (`hilum restore`)"
        case .newerSchema(let path):
            return "\(path) was made by a newer Hilum; use that version, or another storage folder"
        case .folderInUse(let path):
            return "another gateway works on \(path); stop it, or give this one its own storage folder"
        case .noStore(let path):
            return "\(path) holds no store; start `hilum serve` there once, or name its folder"
        case .mayNotWrite(let path, let code):
            let reason = String(cString: strerror(code))
            return "\(path) may not be written (\(reason)), and this changes something there; "
                + "run it as the user of `hilum serve`, where its storage folder may be written"
        case .logNotReadable(let path, let why):
            return
                "\(path) can't be read together with its write-ahead log (\(why)); let this user read the files beside "
                + "it, or copy the folder to where it may be written and name the copy with --storage"
        case .unknown(let kind, let name):
            return "there is no \(kind) '\(name)'; `hilum queue list` shows what there is"
        case .refused(let refusal):
            return "\(refusal)"
        case .unreadable(let column, let value):
            return "\(column) holds '\(value)', which this version does not know; use the version that wrote it"
        case .notEnoughRoom(let path, let free, let wanted):
            return "\(path) has \(free) bytes free, \(wanted) must stay free; make room"
        }
    }
}
