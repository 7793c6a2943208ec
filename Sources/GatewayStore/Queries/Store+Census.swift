public import Foundation
import GRDB
import Workflow

extension Store {
    /// Counts what there is. Its work grows with what is open and with the number of studies, not with what was ever sent.
    public func census() throws -> Census {
        try read { database in
            var census = Census()
            for row in try Row.fetchAll(database, sql: Self.studyCounts) {
                census.studies[try row.value("state")] = row["number"]
            }
            census.oldestOpenStudy = try Self.date(
                database, "SELECT min(opened_at) FROM study WHERE state = 'receiving'")
            for row in try Row.fetchAll(database, sql: Self.jobCounts) {
                let state: JobState = try row.value("state")
                census.jobs[state] = row["number"]
                census.oldestJobs[state] = row.date("oldest")
            }
            for row in try Row.fetchAll(database, sql: "SELECT state, count(*) AS number FROM aside GROUP BY state") {
                census.asides[try row.value("state")] = row["number"]
            }
            census.destinations = try String.fetchAll(database, sql: "SELECT name FROM destination ORDER BY name")
            census.deliveries = try Row.fetchAll(database, sql: Self.deliveryCounts).map { row in
                let state: DeliveryState = try row.value("state")
                let isUnderWay = [.waiting, .sending].contains(state)
                return Census.Deliveries(
                    destination: row["destination"], state: state, count: row["number"],
                    oldest: isUnderWay
                        ? try Self.date(database, Self.madeAt, [row["oldest"] as Int64]) : nil)
            }
            return census
        }
    }

    static let studyCounts = "SELECT state, count(*) AS number FROM study GROUP BY state"

    static let jobCounts = """
        SELECT state, count(*) AS number, min(created_at) AS oldest FROM job
        WHERE state IN ('waiting', 'running', 'parked') GROUP BY state
        """

    /// Rows are made in the order in which their jobs end, so the least number is the oldest.
    static let deliveryCounts = """
        SELECT destination, state, count(*) AS number, min(id) AS oldest FROM outgoing
        WHERE state <> 'delivered' GROUP BY destination, state
        """

    private static let madeAt = """
        SELECT job.finished_at FROM outgoing JOIN job ON job.id = outgoing.job WHERE outgoing.id = ?
        """

    private static func date(
        _ database: Database, _ sql: String, _ arguments: StatementArguments = []
    ) throws -> Date? {
        try Int64.fetchOne(database, sql: sql, arguments: arguments).map(Date.init(milliseconds:))
    }

    /// - Throws: ``StoreError`` where the folder is gone.
    public func space() throws -> StorageSpace {
        let disk = try POSIXFileSystem.extent(ofDiskAt: layout.incoming)
        return StorageSpace(
            free: try files.freeBytes(layout.incoming), size: disk.size, used: disk.used,
            database: try files.size(layout.database) ?? 0, log: try files.size(layout.database + "-wal") ?? 0)
    }

    /// Takes the database's lock and lets it go, which writes nothing.
    /// - Throws: ``StoreError`` where the database can't be written: it is locked, damaged or gone.
    public func checkWritable() throws {
        try translated {
            try database.writeWithoutTransaction { database in
                try database.inTransaction(.immediate) { .rollback }
            }
        }
    }
}
