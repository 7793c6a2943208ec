import Foundation

/// Where things lie in a backup: as in the store, with the manifest and, until all is there, the mark of an unfinished
/// one.
struct BackupFolder {
    enum State: Hashable {
        case empty
        /// Begun and not ended.
        case incomplete
        case complete(BackupManifest)
        /// Something else lies there.
        case foreign
    }

    static let databaseName = "hilum.sqlite"
    let root: String

    init(_ folder: URL) { root = SpoolLayout(folder: folder).root }

    var database: String { "\(root)/\(Self.databaseName)" }
    var manifest: String { "\(root)/manifest.json" }
    var mark: String { "\(root)/INCOMPLETE" }

    func absolute(_ path: String) -> String { "\(root)/\(path)" }

    /// - Throws: ``StoreError/system(call:path:code:)`` where it can't be looked at.
    func state() throws -> State {
        let names: [String]
        do {
            names = try POSIXFileSystem().list(root)
        } catch StoreError.system(_, _, ENOENT) {
            return .empty
        }
        if names.isEmpty { return .empty }
        if names.contains("INCOMPLETE") { return .incomplete }
        guard names.contains("manifest.json") else { return .foreign }
        let data: Data
        do {
            data = try Data(contentsOf: URL(filePath: manifest))
        } catch {
            throw StoreError.system(call: "open for reading", path: manifest, code: errno == 0 ? EIO : errno)
        }
        return BackupManifest(data).map(State.complete) ?? .foreign
    }

    /// Written so that a reader finds the whole or nothing.
    func write(_ data: Data, to path: String) throws {
        let partial = "\(path).partial"
        unlink(partial)
        let file = try POSIXFileSystem().create(partial)
        defer { file.close() }
        try data.withUnsafeBytes { try file.write($0) }
        try file.sync()
        try POSIXFileSystem().rename(partial, to: path)
        try POSIXFileSystem().syncFolder(root)
    }

    func markUnfinished() throws {
        let words = "This backup is not complete and can't be restored. Run `hilum backup` on this folder again.\n"
        try write(Data(words.utf8), to: mark)
    }

    func removeMark() throws {
        try POSIXFileSystem().remove(mark)
        try POSIXFileSystem().syncFolder(root)
    }
}
