import Foundation
import GRDB

/// Whether SQLite can read a database whole.
enum DatabaseHealth {
    /// A larger one is not read through at each start: `hilum storage check` does that.
    private static let longest = 256 << 20

    /// - Throws: ``StoreError/databaseDamaged(path:why:)``
    static func check(_ database: some DatabaseReader, at path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0, status.st_size <= longest else { return }
        let problems = try database.read { try String.fetchAll($0, sql: "PRAGMA quick_check(1)") }
        if problems != ["ok"] { throw StoreError.databaseDamaged(path: path, why: problems.first ?? "no answer") }
    }

    /// Everything that SQLite finds, and rows that refer to none.
    static func problems(of database: some DatabaseReader) throws -> [String] {
        try database.read { database in
            var problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(20)").filter { $0 != "ok" }
            // It fails where the tables themselves can't be read.
            guard problems.isEmpty else { return problems }
            for row in try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").prefix(20) {
                let (table, parent): (String, String) = (row["table"], row["parent"])
                problems.append("a row of \(table) refers to one of \(parent) that is not there")
            }
            return problems
        }
    }

    /// A file that only such a row named is taken over afterwards. Rows of tables without row numbers stay.
    static func removeDanglingRows(from database: some DatabaseWriter) throws {
        try database.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA foreign_keys = OFF")
            defer { try? database.execute(sql: "PRAGMA foreign_keys = ON") }
            // Each removal may leave others that refer to what went.
            while case let rows = try danglingRows(in: database), !rows.isEmpty {
                for (table, id) in rows {
                    try database.execute(
                        sql: "DELETE FROM \(table.quotedDatabaseIdentifier) WHERE rowid = ?", arguments: [id])
                }
            }
        }
    }

    private static func danglingRows(in database: Database) throws -> [(table: String, id: Int64)] {
        try Row.fetchAll(database, sql: "PRAGMA foreign_key_check").compactMap { row in
            (row["rowid"] as Int64?).map { (row["table"], $0) }
        }
    }
}

extension StoreError {
    /// SQLITE_CORRUPT and SQLITE_NOTADB.
    var isDamage: Bool {
        switch self {
        case .databaseDamaged: true
        case .database(_, let code): [11, 26].contains(code & 0xFF)
        default: false
        }
    }

    /// What SQLite says while it opens a database, with the place.
    static func naming<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as StoreError where error.isDamage {
            guard case .database(let message, _) = error else { throw error }
            throw StoreError.databaseDamaged(path: path, why: message)
        } catch StoreError.database(let message, let code) {
            throw StoreError.database(message: "\(message), at \(path)", code: code)
        }
    }
}
