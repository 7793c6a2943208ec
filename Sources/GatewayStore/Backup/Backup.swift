import DICOMCore
public import Foundation
import GRDB
import Workflow

/// What a backup did.
public struct BackupReport: Codable, Hashable, Sendable {
    public var folder: String
    public var studies = 0
    /// Files of the store that it holds now.
    public var files = 0
    public var bytes: Int64 = 0
    /// Of those, files that were there already with the right bytes.
    public var kept = 0
    public var linked = 0
    public var copied = 0
    /// Files of an earlier backup that no row names any more.
    public var removed = 0
    /// Files that the node has with other bytes than came, copied as they are. Relative to the store's folder.
    public var damaged: [String] = []
    /// Files that rows name and that are not there.
    public var missing: [String] = []
}

/// Copies a store while its node runs: the database first, by SQLite's online backup, then the files that its rows
/// name. A file that went meanwhile belongs to a later state of the database: then that is copied again.
struct Backup {
    /// How far it is: files done, of how many.
    typealias Progress = (_ done: Int, _ total: Int) -> Void

    private struct Named {
        let path: String
        let bytes: Int64
        let digest: ObjectDigest
    }

    private static let rounds = 3

    let store: Store
    let folder: BackupFolder
    let software: String
    let progress: Progress
    private var copier: FileCopier
    private var report: BackupReport
    private var files: [BackupManifest.File] = []

    init(of store: Store, to folder: URL, mayLink: Bool, software: String, progress: @escaping Progress) {
        self.store = store
        self.folder = BackupFolder(folder)
        self.software = software
        self.progress = progress
        copier = FileCopier(mayLink: mayLink)
        report = BackupReport(folder: self.folder.root)
    }

    mutating func run() throws -> BackupReport {
        try checkPlace()
        if try folder.state() == .foreign { throw BackupError.notABackup(path: folder.root) }
        try copier.makeFolder(folder.root)
        try folder.markUnfinished()
        let draft = "\(folder.database).partial"
        defer { for suffix in ["", "-wal", "-shm", "-journal"] { unlink("\(draft)\(suffix)") } }
        var madeAt = store.now()
        for round in 1...Self.rounds {
            madeAt = store.now()
            let named = try snapshot(to: draft)
            let vanished = try copy(named)
            if vanished.isEmpty { break }
            // What the node itself misses stays missing, and is said.
            report.missing = try stillNamed(vanished)
            if report.missing.count == vanished.count { break }
            if round == Self.rounds { throw BackupError.neverStill(path: folder.root) }
        }
        try finish(draft, madeAt)
        return report
    }

    private func checkPlace() throws {
        let place = Self.resolved(folder.root)
        let store = Self.resolved(store.layout.root)
        if place == store || place.hasPrefix("\(store)/") || store.hasPrefix("\(place)/") {
            throw BackupError.overlaps(path: folder.root, store: self.store.layout.root)
        }
    }

    private static func resolved(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    // MARK: Database

    /// - Returns: the files that the copied rows name.
    private mutating func snapshot(to path: String) throws -> [Named] {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink("\(path)\(suffix)") }
        return try translated {
            let copy = try DatabaseQueue(path: path)
            do {
                try store.database.backup(to: copy)
            } catch let error as DatabaseError {
                // What SQLite says of the connection is not about the copying.
                let why = DatabaseError(resultCode: error.extendedResultCode).message ?? "no reason given"
                throw StoreError.database(message: "\(why), at \(path)", code: error.extendedResultCode.rawValue)
            }
            // One file that needs no other beside it.
            try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            let named = try copy.read { database in
                report.studies = try Int.fetchOne(database, sql: "SELECT count(*) FROM study") ?? 0
                return try Row.fetchAll(
                    database,
                    sql: """
                        SELECT path, bytes, sha256 FROM object WHERE lost = 0 AND removed_at IS NULL
                        UNION SELECT path, bytes, sha256 FROM aside WHERE state <> 'lost' ORDER BY path
                        """
                ).map { Named(path: $0["path"], bytes: $0["bytes"], digest: try $0.digest("sha256")) }
            }
            try copy.close()
            return named
        }
    }

    private func stillNamed(_ paths: [String]) throws -> [String] {
        try store.read { database in
            try paths.filter { path in
                try Row.fetchOne(
                    database,
                    sql: """
                        SELECT 1 FROM object WHERE path = ?1 AND removed_at IS NULL
                        UNION SELECT 1 FROM aside WHERE path = ?1
                        """,
                    arguments: [path]) != nil
            }
        }
    }

    // MARK: Files

    /// - Returns: files that are not there.
    private mutating func copy(_ named: [Named]) throws -> [String] {
        (report.kept, report.linked, report.copied, report.damaged, files) = (0, 0, 0, [], [])
        var vanished: [String] = []
        copier.willCopy = { [folder, store] in try Self.checkRoom(for: named, in: folder, store) }
        for (done, file) in named.enumerated() {
            progress(done, named.count)
            do {
                try copy(file)
            } catch StoreError.system(let call, let path, ENOENT) where call != "mkdir" && !path.hasPrefix(folder.root)
            {
                vanished.append(file.path)
            }
        }
        progress(named.count, named.count)
        return vanished
    }

    private mutating func copy(_ file: Named) throws {
        let target = folder.absolute(file.path)
        if try POSIXFileSystem().size(target) == file.bytes, let there = try? FileDigests(of: target),
            there.dataSet == file.digest
        {
            report.kept += 1
            return add(file.path, there)
        }
        switch try copier.put(store.layout.absolute(file.path), at: target) {
        case .linked: report.linked += 1
        case .copied: report.copied += 1
        }
        let made = try FileDigests(of: target)
        // Kept as the node has it: whoever restores it is where the node was.
        if made.dataSet != file.digest || made.bytes != file.bytes { report.damaged.append(file.path) }
        add(file.path, made)
    }

    private mutating func add(_ path: String, _ digests: FileDigests) {
        files.append(BackupManifest.File(path: path, bytes: digests.bytes, sha256: digests.whole))
    }

    private static func checkRoom(for named: [Named], in folder: BackupFolder, _ store: Store) throws {
        let system = POSIXFileSystem()
        let wanted = try named.reduce(Int64(0)) { sum, file in
            try system.size(folder.absolute(file.path)) == file.bytes ? sum : sum + file.bytes
        }
        let free = try system.freeBytes(folder.root)
        if free < wanted { throw BackupError.notEnoughRoom(path: folder.root, free: free, wanted: wanted) }
    }

    // MARK: End

    private mutating func finish(_ draft: String, _ madeAt: Date) throws {
        let database = try FileDigests(of: draft)
        try Self.sync(draft)
        for path in Set(files.map { SpoolLayout.folder(of: $0.path) }) {
            try POSIXFileSystem().syncFolder(folder.absolute(path))
        }
        try POSIXFileSystem().rename(draft, to: folder.database)
        let head = BackupManifest.File(
            path: BackupFolder.databaseName, bytes: database.bytes, sha256: database.whole)
        let manifest = BackupManifest(
            format: BackupManifest.currentFormat, madeAt: madeAt, software: software,
            deviceUID: store.deviceUID.string, studies: report.studies, files: [head] + files)
        try folder.write(try manifest.encoded(), to: folder.manifest)
        report.files = files.count
        report.bytes = manifest.bytes
        try removeOthers(than: Set(files.map(\.path)))
        try folder.removeMark()
    }

    private static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileCopier.failure("open", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileCopier.failure("fsync", path) }
    }

    /// What an earlier backup held and this one does not.
    private mutating func removeOthers(than named: Set<String>) throws {
        let system = POSIXFileSystem()
        for top in ["objects", "results"] where access(folder.absolute(top), F_OK) == 0 {
            for day in try system.list(folder.absolute(top)) where day.allSatisfy(\.isNumber) {
                for name in try system.list(folder.absolute("\(top)/\(day)"))
                where !named.contains("\(top)/\(day)/\(name)") {
                    try system.remove(folder.absolute("\(top)/\(day)/\(name)"))
                    report.removed += 1
                }
            }
        }
    }
}

extension Store {
    /// Copies database and files to a folder that is empty or holds an earlier backup, of which files with the right
    /// bytes are left as they are. The node may run. Until all is there, the folder holds a file `INCOMPLETE`.
    /// - Parameters:
    ///   - mayLink: give files a second name instead of copying them, where both folders lie on one file system.
    ///   - software: version of Hilum, for the manifest.
    ///   - progress: files done, of how many.
    /// - Throws: ``BackupError``, ``StoreError``.
    public func backUp(
        to folder: URL, mayLink: Bool = true, software: String, progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> BackupReport {
        var backup = Backup(of: self, to: folder, mayLink: mayLink, software: software, progress: progress)
        return try backup.run()
    }
}
