public import Foundation
import GRDB
import Workflow

/// What restoring did.
public struct RestoreReport: Codable, Hashable, Sendable {
    public var folder: String
    public var from: String
    /// When the backup was made.
    public var madeAt: Date
    public var studies: Int
    public var files = 0
    public var bytes: Int64 = 0
    public var linked = 0
    public var copied = 0
    /// Where the store that was there before lies now; nil where there was none.
    public var formerStore: String?
}

/// Puts a backup in a store's place. The database gets its name last: a gateway does not start on files without one,
/// so a restoration that was broken off is seen.
struct Restore {
    let source: BackupFolder
    let layout: SpoolLayout
    let replaces: Bool
    let now: Date
    let progress: Backup.Progress
    private var copier: FileCopier

    init(
        from source: URL, to folder: URL, replaces: Bool, mayLink: Bool, now: Date, progress: @escaping Backup.Progress
    ) {
        self.source = BackupFolder(source)
        layout = SpoolLayout(folder: folder)
        self.replaces = replaces
        self.now = now
        self.progress = progress
        var status = stat()
        let isThere = stat(layout.root, &status) == 0
        copier = FileCopier(mayLink: mayLink, owner: isThere ? (status.st_uid, status.st_gid) : nil)
    }

    mutating func run() throws -> RestoreReport {
        let manifest = try manifest()
        try verify(manifest)
        for folder in layout.folders { try copier.makeFolder(folder) }
        let lock = try FolderLock(path: layout.lock)
        defer { lock.release() }
        let holdsStore = try Self.holdsStore(layout)
        guard replaces || !holdsStore else { throw BackupError.storeNotEmpty(path: layout.root) }
        var report = RestoreReport(
            folder: layout.root, from: source.root, madeAt: manifest.madeAt, studies: manifest.studies)
        if holdsStore { report.formerStore = try putAside() }
        try put(manifest, &report)
        layout.giveToOwner()
        return report
    }

    private func manifest() throws -> BackupManifest {
        switch try source.state() {
        case .complete(let manifest): return manifest
        case .incomplete: throw BackupError.incomplete(path: source.root)
        case .empty: throw BackupError.noBackup(path: source.root)
        case .foreign: throw BackupError.notABackup(path: source.root)
        }
    }

    // MARK: Verification

    /// Every file is there with its bytes, and the database is one that this version reads.
    private func verify(_ manifest: BackupManifest) throws {
        var problems: [String] = []
        for (done, file) in manifest.files.enumerated() {
            progress(done, manifest.files.count)
            if let problem = try problem(of: file) { problems.append("\(file.path) \(problem)") }
        }
        progress(manifest.files.count, manifest.files.count)
        guard problems.isEmpty else { throw BackupError.damaged(path: source.root, files: problems) }
        guard manifest.files.first?.path == BackupFolder.databaseName else {
            throw BackupError.damaged(path: source.root, files: ["its manifest names no database"])
        }
        try verifyDatabase(Set(manifest.files.map(\.path)))
    }

    private func problem(of file: BackupManifest.File) throws -> String? {
        let digests: FileDigests
        do {
            digests = try FileDigests(of: source.absolute(file.path))
        } catch StoreError.system(_, _, ENOENT) {
            return "is missing"
        }
        if digests.bytes != file.bytes { return "has \(digests.bytes) bytes instead of \(file.bytes)" }
        return digests.whole == file.sha256 ? nil : "has other bytes than the manifest says"
    }

    private func verifyDatabase(_ files: Set<String>) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let name = URL(filePath: source.database).absoluteString + "?immutable=1"
        try translated {
            let queue = try DatabaseQueue(path: name, configuration: configuration)
            if try queue.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
                throw StoreError.newerSchema(path: source.database)
            }
            let problems = try queue.read { try String.fetchAll($0, sql: "PRAGMA quick_check(3)") }
            guard problems == ["ok"] else { throw BackupError.damaged(path: source.root, files: problems) }
        }
    }

    // MARK: What was there

    static func holdsStore(_ layout: SpoolLayout) throws -> Bool {
        try POSIXFileSystem().size(layout.database) != nil || layout.holdsFiles(POSIXFileSystem())
    }

    /// Into a folder inside the store's own, which is the one place that is sure to be writable and on the same disk.
    private func putAside() throws -> String {
        let system = POSIXFileSystem()
        let aside = "\(layout.root)/\(SpoolLayout.asideName("before-restore", at: now))"
        try copier.makeFolder(aside)
        for name in [layout.incoming, layout.objects, layout.results, layout.strays] {
            let last = (name as NSString).lastPathComponent
            try system.rename(name, to: "\(aside)/\(last)")
            try copier.makeFolder(name)
        }
        for suffix in ["-wal", "-shm", ""] where access("\(layout.database)\(suffix)", F_OK) == 0 {
            try system.rename("\(layout.database)\(suffix)", to: "\(aside)/\(BackupFolder.databaseName)\(suffix)")
        }
        try system.syncFolder(aside)
        try system.syncFolder(layout.root)
        return aside
    }

    // MARK: Files

    private mutating func put(_ manifest: BackupManifest, _ report: inout RestoreReport) throws {
        let system = POSIXFileSystem()
        let files = manifest.files.dropFirst()
        copier.willCopy = { [layout] in
            let (free, wanted) = (try system.freeBytes(layout.root), manifest.bytes)
            if free < wanted { throw BackupError.notEnoughRoom(path: layout.root, free: free, wanted: wanted) }
        }
        for (done, file) in files.enumerated() {
            progress(done, files.count)
            switch try copier.put(source.absolute(file.path), at: layout.absolute(file.path)) {
            case .linked: report.linked += 1
            case .copied: report.copied += 1
            }
        }
        progress(files.count, files.count)
        for folder in Set(files.map { SpoolLayout.folder(of: $0.path) }) {
            try system.syncFolder(layout.absolute(folder))
        }
        for folder in [layout.objects, layout.results] { try system.syncFolder(folder) }
        try putDatabase(manifest)
        (report.files, report.bytes) = (files.count, manifest.bytes)
    }

    /// Always a copy, which the node will write to.
    private func putDatabase(_ manifest: BackupManifest) throws {
        let draft = layout.draft
        for suffix in ["", "-wal", "-shm"] { try POSIXFileSystem().remove("\(draft)\(suffix)") }
        try copier.copy(source.database, to: draft)
        try translated {
            let queue = try DatabaseQueue(path: draft)
            try queue.write { database in
                // The next start compares all files with the rows.
                try database.execute(sql: "DELETE FROM node WHERE key = 'reconciled day'")
                try database.execute(
                    sql: "INSERT INTO event (at, kind, text) VALUES (?, ?, ?)",
                    arguments: [
                        now.milliseconds, Note.Kind.recovered.rawValue,
                        "restored from a backup of \(manifest.madeAt.formatted(.iso8601))",
                    ])
            }
            try queue.close()
        }
        try POSIXFileSystem().rename(draft, to: layout.database)
        try POSIXFileSystem().syncFolder(layout.root)
    }
}

extension Store {
    /// Puts a backup in the place of the store in `folder`, after every file of it was compared with its manifest.
    /// - Parameters:
    ///   - replaces: a store that is there is kept aside, in a folder inside its own; without it that is an error.
    ///   - mayLink: as for ``backUp(to:mayLink:software:progress:)``.
    ///   - progress: files done, of how many; once for verifying and once for restoring.
    /// - Throws: ``BackupError``; ``StoreError/folderInUse(path:)`` while a gateway runs on it;
    ///   ``StoreError/newerSchema(path:)``.
    public static func restore(
        _ folder: URL, from source: URL, replaces: Bool, mayLink: Bool = true, now: Date = Date(),
        progress: @escaping (Int, Int) -> Void = { _, _ in }
    ) throws -> RestoreReport {
        var restore = Restore(
            from: source, to: folder, replaces: replaces, mayLink: mayLink, now: now, progress: progress)
        return try restore.run()
    }
}
