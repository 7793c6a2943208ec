import Foundation

/// The database's files as a gateway finds them, and how another one takes their place.
extension SpoolLayout {
    private static let companions = ["-wal", "-shm", "-journal"]

    /// A spool without its database is no new store: were an empty one made, all that was received would be reported
    /// anew, and results be swept away.
    /// - Throws: ``StoreError/databaseMissing(path:)``
    func checkDatabase(_ files: any SpoolFileSystem) throws {
        if try files.size(database) ?? 0 == 0, try holdsFiles(files) {
            throw StoreError.databaseMissing(path: database)
        }
    }

    func removeDraft() throws {
        for suffix in [""] + Self.companions { try POSIXFileSystem().remove("\(draft)\(suffix)") }
    }

    /// - Returns: where the former one lies; nil where there was none.
    func exchangeDatabase(at now: Date) throws -> String? {
        let system = POSIXFileSystem()
        let descriptor = open(draft, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileCopier.failure("open", draft) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileCopier.failure("fsync", draft) }
        let former = "\(database).\(Self.asideName("damaged", at: now))"
        let wasThere = try system.size(database) != nil
        // SQLite finds a log by its database's name.
        for suffix in Self.companions + [""] where try system.size("\(database)\(suffix)") != nil {
            try system.rename("\(database)\(suffix)", to: "\(former)\(suffix)")
        }
        for suffix in Self.companions { try system.remove("\(draft)\(suffix)") }
        try system.rename(draft, to: database)
        try system.syncFolder(root)
        return wasThere ? former : nil
    }

    /// What root has made here belongs to the folder's owner, as whom the node runs.
    func giveToOwner() {
        var status = stat()
        guard geteuid() == 0, stat(root, &status) == 0 else { return }
        let made = [incoming, objects, results, strays, lock, database] + Self.companions.map { "\(database)\($0)" }
        for path in made { _ = lchown(path, status.st_uid, status.st_gid) }
    }
}
