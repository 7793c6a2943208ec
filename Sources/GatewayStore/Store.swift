public import DICOMCore
public import Foundation
import GRDB
public import Workflow

/// Everything that must survive: the spool's files and the database beside them. All SQL of Hilum lives in this
/// target; nothing that it promises depends on a process's memory, so any process may die at any point.
public final class Store: Sendable {
    /// The folder that holds `hilum.sqlite`, `incoming/`, `objects/` and `results/`.
    public let folder: URL
    public let layout: SpoolLayout
    /// Device UID (0018,1002) of everything that this node makes; drawn once, when the store is made.
    public let deviceUID: UID
    let database: any DatabaseWriter
    let files: any SpoolFileSystem
    let now: @Sendable () -> Date
    let rules: RetryRules
    let random: @Sendable () -> Double
    /// Names this store's gateway where claims and jobs say whose they are; drawn once, as the Device UID.
    public let node: String
    private let lock: FolderLock?

    /// Who opens the store.
    public enum Role: Sendable {
        /// The one process that receives: makes the folder, migrates the schema, and keeps others like it out.
        case gateway
        /// A worker, or an operator's command that changes something: the store must be there.
        case guest
        /// An operator's look. It writes nothing, and so needs no right to.
        case reader
    }

    /// - Parameters:
    ///   - busyTimeout: seconds for which a transaction waits on another process's before it fails.
    ///   - rules: how often work is tried, and when again.
    ///   - now: the wall clock, for what is written down; never for deadlines.
    ///   - random: 0..<1, for the waits between tries.
    public convenience init(
        folder: URL, role: Role, busyTimeout: Double = 5, files: any SpoolFileSystem = POSIXFileSystem(),
        rules: RetryRules = RetryRules(), now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) throws {
        try self.init(
            folder: folder, role: role, busyTimeout: busyTimeout, files: files, rules: rules, now: now, random: random,
            isDraft: false)
    }

    /// On an empty database that is a draft, beside the one in use.
    convenience init(draftIn folder: URL, now: @escaping @Sendable () -> Date) throws {
        try self.init(
            folder: folder, role: .gateway, busyTimeout: 5, files: POSIXFileSystem(), rules: RetryRules(), now: now,
            random: { Double.random(in: 0..<1) }, isDraft: true)
    }

    private init(
        folder: URL, role: Role, busyTimeout: Double, files: any SpoolFileSystem, rules: RetryRules,
        now: @escaping @Sendable () -> Date, random: @escaping @Sendable () -> Double, isDraft: Bool
    ) throws {
        let layout = SpoolLayout(folder: folder)
        let path = isDraft ? layout.draft : layout.database
        switch role {
        case .gateway:
            for folder in layout.folders { try files.makeFolder(folder) }
            lock = try FolderLock(path: layout.lock)
            if isDraft { try layout.removeDraft() } else { try layout.checkDatabase(files) }
        case .guest, .reader:
            try Self.check(layout, mayWrite: role == .guest)
            lock = nil
        }
        if role == .reader {
            database = try ReadOnlyDatabase.open(at: layout.database, busyTimeout: busyTimeout)
        } else {
            database = try StoreError.naming(path) {
                let pool = try Self.openDatabase(at: path, migrate: role == .gateway, busyTimeout: busyTimeout)
                if role == .gateway {
                    try Self.drawDeviceUID(in: pool)
                    FreePages.rewriteIfSmall(pool, at: path, files: files)
                    try translated { try WriteAheadLog.prepare(of: pool, at: path) }
                }
                return pool
            }
        }
        deviceUID = try Self.deviceUID(in: database, path: layout.database)
        node = try translated { [database] in try database.read { try Self.value("node name", in: $0) ?? "" } }
        self.folder = folder
        self.layout = layout
        self.files = files
        self.rules = rules
        self.now = now
        self.random = random
    }

    /// Closes the database; a gateway's lock on the folder goes too.
    public func close() throws {
        try translated { try database.close() }
        lock?.release()
    }

    /// The draft that this works on becomes the folder's database; the lock is kept.
    /// - Returns: where the database that was there before lies now.
    func takeDatabasesPlace() throws -> String? {
        try translated {
            // Without a log to be taken along.
            _ = try database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try database.close()
        }
        return try layout.exchangeDatabase(at: now())
    }

    private static func openDatabase(at path: String, migrate: Bool, busyTimeout: Double) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = 4
        if migrate { FreePages.prepare(&configuration) }
        return try translated {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // A commit must be on the disk before a peer hears Success. Only now: a pool sets NORMAL when it turns to WAL.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try WriteAheadLog.bound(pool)
            if migrate {
                if try pool.read({ try Schema.migrator.hasBeenSuperseded($0) }) {
                    throw StoreError.newerSchema(path: path)
                }
                try DatabaseHealth.check(pool, at: path)
                try Schema.migrator.migrate(pool)
            } else {
                try checkSchema(of: pool, at: path)
            }
            return pool
        }
    }

    /// - Throws: where another version's tables are.
    static func checkSchema(of database: some DatabaseReader, at path: String) throws {
        let migrator = Schema.migrator
        if try database.read({ try migrator.hasBeenSuperseded($0) }) { throw StoreError.newerSchema(path: path) }
        if try database.read({ try !migrator.hasCompletedMigrations($0) }) { throw StoreError.noStore(path: path) }
    }

    /// Asked before SQLite is, which opens what it may not write all the same and complains in mid-command.
    private static func check(_ layout: SpoolLayout, mayWrite: Bool) throws {
        guard access(layout.database, F_OK) == 0 else {
            let code = errno
            guard code == ENOENT else {
                throw StoreError.system(call: "open for reading", path: layout.database, code: code)
            }
            try layout.checkDatabase(POSIXFileSystem())
            throw StoreError.noStore(path: layout.root)
        }
        guard mayWrite else { return }
        for path in [layout.root, layout.database] where access(path, W_OK) != 0 {
            throw StoreError.mayNotWrite(path: path, code: errno)
        }
    }

    private static func drawDeviceUID(in database: some DatabaseWriter) throws {
        try translated {
            try database.write { database in
                try database.execute(
                    sql: "INSERT INTO node (key, value) VALUES ('device uid', ?) ON CONFLICT DO NOTHING",
                    arguments: [UID(uuid: .random(in: .min ... .max), .random(in: .min ... .max)).string])
            }
        }
    }

    private static func deviceUID(in database: some DatabaseReader, path: String) throws -> UID {
        try translated {
            guard let text = try database.read({ try value("device uid", in: $0) }) else {
                throw StoreError.noStore(path: path)
            }
            guard let uid = UID(text) else { throw StoreError.unreadable(column: "node.value", value: text) }
            return uid
        }
    }
}

extension Store {
    /// What is written down of this node under a name.
    static func value(_ key: String, in database: Database) throws -> String? {
        try String.fetchOne(database, sql: "SELECT value FROM node WHERE key = ?", arguments: [key])
    }

    static func set(_ key: String, _ value: String, in database: Database) throws {
        try database.execute(
            sql: "INSERT INTO node (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            arguments: [key, value])
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try translated { try database.read(body) }
    }

    /// One transaction; it is on the disk when this returns.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try translated { try database.write(body) }
    }
}

/// GRDB's errors stay inside this target.
func translated<Result>(_ body: () throws -> Result) throws -> Result {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw StoreError.database(
            message: error.message ?? "no reason given", code: error.extendedResultCode.rawValue)
    }
}
