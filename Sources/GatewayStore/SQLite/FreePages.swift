import Foundation
import GRDB

/// Has the database's file shrink when rows go. SQLite gives pages back a few at a time where the file was made for it
/// (`auto_vacuum`), and a file that was not is written anew once (`VACUUM`).
enum FreePages {
    /// A database that is longer is not rewritten by the way, at a start for which modalities wait. Its free pages are used
    /// again all the same; `hilum storage compact` rewrites it.
    static let longestRewriteAtStart: Int64 = 256 << 20
    /// So many free pages stay for what comes next.
    static let slack = 256
    /// Moved in one transaction, which others wait for.
    static let pagesAtOnce = 1000

    /// For a database that is about to be made: nothing can be said of it once its first page is written.
    static func prepare(_ configuration: inout Configuration) {
        configuration.prepareDatabase { database in
            guard !database.configuration.readonly, try Int.fetchOne(database, sql: "PRAGMA page_count") == 0 else {
                return
            }
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
        }
    }

    static func areGivenBack(by database: some DatabaseReader) throws -> Bool {
        try database.read { try Int.fetchOne($0, sql: "PRAGMA auto_vacuum") } == 2
    }

    /// Rewrites the file unless it gives pages back already.
    /// - Returns: whether it does now.
    static func rewrite(_ database: some DatabaseWriter) throws -> Bool {
        if try areGivenBack(by: database) { return true }
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            try database.execute(sql: "VACUUM")
            // All of it went through the log. Where somebody reads, that is cut later.
            _ = try? database.checkpoint(.truncate)
        }
        return try areGivenBack(by: database)
    }

    /// At a start. That it fails, for want of room or since another process reads, only puts it off.
    static func rewriteIfSmall(_ database: some DatabaseWriter, at path: String, files: any SpoolFileSystem) {
        guard let size = try? files.size(path), size <= longestRewriteAtStart,
            let free = try? files.freeBytes((path as NSString).deletingLastPathComponent), free > 4 * size
        else { return }
        _ = try? rewrite(database)
    }

    /// - Returns: whether more may be given back.
    static func giveBack(_ database: some DatabaseWriter) throws -> Bool {
        try database.writeWithoutTransaction { database in
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            guard free > slack, try Int.fetchOne(database, sql: "PRAGMA auto_vacuum") == 2 else { return false }
            let count = min(free - slack, pagesAtOnce)
            // A row for each page: the statement has to be run to its end.
            _ = try Row.fetchAll(database, sql: "PRAGMA incremental_vacuum(\(count))")
            return free - count > slack
        }
    }
}
