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
    let database: DatabasePool
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
        /// A worker or an operator's command: the store must be there.
        case guest
    }

    /// - Parameters:
    ///   - busyTimeout: seconds for which a transaction waits on another process's before it fails.
    ///   - rules: how often work is tried, and when again.
    ///   - now: the wall clock, for what is written down; never for deadlines.
    ///   - random: 0..<1, for the waits between tries.
    public init(
        folder: URL, role: Role, busyTimeout: Double = 5, files: any SpoolFileSystem = POSIXFileSystem(),
        rules: RetryRules = RetryRules(), now: @escaping @Sendable () -> Date = { Date() },
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) throws {
        let layout = SpoolLayout(folder: folder)
        switch role {
        case .gateway:
            for folder in layout.folders { try files.makeFolder(folder) }
            lock = try FolderLock(path: layout.lock)
        case .guest:
            guard FileManager.default.fileExists(atPath: layout.database) else {
                throw StoreError.noStore(path: folder.path)
            }
            lock = nil
        }
        database = try Self.openDatabase(at: layout.database, migrate: role == .gateway, busyTimeout: busyTimeout)
        deviceUID = try Self.deviceUID(in: database)
        node = try translated { [database] in try database.read { try Self.value("node name", in: $0) ?? "" } }
        if role == .gateway {
            try translated { [database] in try WriteAheadLog.prepare(of: database, at: layout.database) }
        }
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

    private static func openDatabase(at path: String, migrate: Bool, busyTimeout: Double) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.maximumReaderCount = 4
        return try translated {
            let pool = try DatabasePool(path: path, configuration: configuration)
            // A commit must be on the disk before a peer hears Success. Only now: a pool sets NORMAL when it turns to WAL.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let migrator = Schema.migrator
            if try pool.read({ try migrator.hasBeenSuperseded($0) }) { throw StoreError.newerSchema(path: path) }
            if migrate {
                try migrator.migrate(pool)
            } else if try pool.read({ try !migrator.hasCompletedMigrations($0) }) {
                throw StoreError.noStore(path: path)
            }
            return pool
        }
    }

    private static func deviceUID(in database: DatabasePool) throws -> UID {
        try translated {
            try database.write { database in
                try database.execute(
                    sql: "INSERT INTO node (key, value) VALUES ('device uid', ?) ON CONFLICT DO NOTHING",
                    arguments: [UID(uuid: .random(in: .min ... .max), .random(in: .min ... .max)).string])
                let text = try value("device uid", in: database) ?? ""
                guard let uid = UID(text) else { throw StoreError.unreadable(column: "node.value", value: text) }
                return uid
            }
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
