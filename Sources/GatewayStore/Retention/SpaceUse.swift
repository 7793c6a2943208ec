import Foundation
import GRDB

/// What takes space in a store's folder, in bytes of whole blocks.
public struct SpaceUse: Hashable, Sendable {
    public struct Part: Hashable, Sendable {
        public var files = 0
        public var bytes: Int64 = 0
    }

    /// Received objects.
    public var sources = Part()
    public var results = Part()
    /// Objects under UIDs that were taken by other bytes.
    public var aside = Part()
    /// Being received.
    public var incoming = Part()
    /// Files that recovery could not place.
    public var strays = Part()
    public var database: Int64 = 0
    /// The database's write-ahead log, and its index.
    public var log: Int64 = 0

    public var total: Int64 {
        [sources, results, aside, incoming, strays].reduce(database + log) { $0 + $1.bytes }
    }

    /// Of most file systems.
    static let block: Int64 = 4096
    /// What a file of so many `bytes` takes, for rows that have such a column.
    static let blocks = "(bytes + \(block - 1)) / \(block) * \(block)"
}

extension Store {
    /// Kept objects as rows have them, the rest as the disk has it: no folder of a hundred thousand files is walked.
    public func spaceUse() throws -> SpaceUse {
        var use = SpaceUse()
        let (objects, aside) = try read { database in
            (
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT origin, count(*) AS files, sum(\(SpaceUse.blocks)) AS bytes FROM object
                        WHERE removed_at IS NULL GROUP BY origin
                        """),
                try Row.fetchOne(
                    database, sql: "SELECT count(*) AS files, ifnull(sum(\(SpaceUse.blocks)), 0) AS bytes FROM aside")
            )
        }
        for row in objects {
            if try row.value("origin", as: ObjectOrigin.self) == .result {
                use.results.add(row)
            } else {
                use.sources.add(row)
            }
        }
        if let aside { use.aside.add(aside) }
        use.incoming = try part(in: layout.incoming)
        use.strays = try part(in: layout.strays)
        use.database = try files.size(layout.database) ?? 0
        for ending in ["-wal", "-shm"] { use.log += try files.size(layout.database + ending) ?? 0 }
        return use
    }

    private func part(in folder: String) throws -> SpaceUse.Part {
        var part = SpaceUse.Part()
        guard FileManager.default.fileExists(atPath: folder) else { return part }
        for name in try files.list(folder) {
            part.files += 1
            let size = try files.size("\(folder)/\(name)") ?? 0
            part.bytes += (size + SpaceUse.block - 1) / SpaceUse.block * SpaceUse.block
        }
        return part
    }
}

extension SpaceUse.Part {
    fileprivate mutating func add(_ row: Row) {
        files += row["files"]
        bytes += row["bytes"]
    }
}

extension Store {
    private static let limitKey = "storage limit"

    /// Says how many bytes the store may take, for workers, who keep to it too.
    /// - Parameter bytes: nil: as many as the disk has.
    public func setLimit(_ bytes: Int64?) throws {
        try write { database in
            if let bytes { return try Self.set(Self.limitKey, "\(bytes)", in: database) }
            try database.execute(sql: "DELETE FROM node WHERE key = ?", arguments: [Self.limitKey])
        }
    }

    /// - Throws: ``StoreError/notEnoughRoom(path:free:wanted:)`` where so much more would be over the limit: the work waits,
    ///   as it does for a full disk.
    func checkLimit(adding bytes: Int64) throws {
        guard let text = try read({ try Self.value(Self.limitKey, in: $0) }), let limit = Int64(text) else { return }
        let free = limit - (try spaceUse().total)
        if free < bytes { throw StoreError.notEnoughRoom(path: folder.path, free: max(0, free), wanted: bytes) }
    }
}
