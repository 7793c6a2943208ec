public import Foundation
import GRDB

/// A store at a glance, for who looks after it.
public struct StoreSummary: Hashable, Sendable {
    public var studies: Int
    public var waitingJobs: Int
    public var waitingDeliveries: Int
    /// When the record's last line was written; nil where there is none.
    public var newestEvent: Date?

    /// - Throws: ``StoreError`` where the database can't be read or is gone.
    public init(of folder: URL) throws {
        let layout = SpoolLayout(folder: folder)
        try layout.checkDatabase(POSIXFileSystem())
        let store = try StoreError.naming(layout.database) { try Store(folder: folder, role: .reader) }
        defer { try? store.close() }
        try DatabaseHealth.check(store.database, at: layout.database)
        self = try store.summary()
    }

    fileprivate init(_ row: Row) {
        studies = row["studies"]
        waitingJobs = row["jobs"]
        waitingDeliveries = row["deliveries"]
        newestEvent = (row["newest"] as Int64?).map(Date.init(milliseconds:))
    }
}

extension Store {
    public func summary() throws -> StoreSummary {
        try read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT (SELECT count(*) FROM study) AS studies,
                            (SELECT count(*) FROM job WHERE state IN ('waiting', 'running')) AS jobs,
                            (SELECT count(*) FROM outgoing WHERE state IN ('waiting', 'sending')) AS deliveries,
                            (SELECT max(at) FROM event) AS newest
                        """)
            else { throw StoreError.noStore(path: layout.root) }
            return StoreSummary(row)
        }
    }
}
