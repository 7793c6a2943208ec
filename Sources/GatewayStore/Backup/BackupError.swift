/// Why a backup was not made or not restored, where, and what to do.
public enum BackupError: Error, Equatable, Sendable {
    /// The destination holds other things.
    case notABackup(path: String)
    /// The source holds nothing, or is not there.
    case noBackup(path: String)
    /// It was begun and not ended.
    case incomplete(path: String)
    /// Files of it are gone or have other bytes.
    case damaged(path: String, files: [String])
    /// The destination and the store lie in one another.
    case overlaps(path: String, store: String)
    /// The store that is to be restored holds something.
    case storeNotEmpty(path: String)
    /// What is to be copied does not fit.
    case notEnoughRoom(path: String, free: Int64, wanted: Int64)
    /// The node removed files as fast as they were copied.
    case neverStill(path: String)
}

extension BackupError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .notABackup(let path):
            return "\(path) holds something and no backup of Hilum; name an empty folder, or one with a backup"
        case .noBackup(let path):
            return "there is no backup at \(path); name the folder that `hilum backup` was given"
        case .incomplete(let path):
            return "the backup at \(path) is not complete; run `hilum backup` on it again, or restore another one"
        case .damaged(let path, let files):
            let rest = files.count > 3 ? " and \(files.count - 3) more" : ""
            return "the backup at \(path) is damaged: \(files.prefix(3).joined(separator: "; "))\(rest); nothing was "
                + "restored; use another backup"
        case .overlaps(let path, let store):
            return "\(path) and the store at \(store) lie in one another; name a folder outside the store"
        case .storeNotEmpty(let path):
            return "\(path) holds a store; add --replace to put the backup in its place, the old one is kept aside"
        case .notEnoughRoom(let path, let free, let wanted):
            return "\(path) has \(free) bytes free and \(wanted) more are needed; make room, or name another disk"
        case .neverStill(let path):
            return "files of the store went while they were copied to \(path), three times; run `hilum backup` again"
        }
    }
}
