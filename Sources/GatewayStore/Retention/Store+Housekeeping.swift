import Foundation
import GRDB
public import Workflow

/// What keeps the database's own files small.
extension Store {
    private static let eventsAtOnce = 5000

    /// Counts events by day and kind, and removes them one by one.
    /// - Parameter time: those before it.
    /// - Returns: how many.
    public func countEvents(before time: Timestamp, while goesOn: () -> Bool = { true }) throws -> Int {
        var count = 0
        while goesOn() {
            let last = try read {
                try Int64.fetchOne(
                    $0, sql: "SELECT max(id) FROM (SELECT id FROM event WHERE at < ? ORDER BY id LIMIT ?)",
                    arguments: [time.milliseconds, Self.eventsAtOnce])
            }
            guard let last else { break }
            count += try write { database in
                try Self.set("events counted until", "\(time.milliseconds)", in: database)
                try database.execute(
                    sql: """
                        INSERT INTO event_day (day, kind, number)
                            SELECT strftime('%Y-%m-%d', at / 1000, 'unixepoch'), kind, count(*) FROM event
                            WHERE at < ? AND id <= ? GROUP BY 1, 2
                            ON CONFLICT (day, kind) DO UPDATE SET number = number + excluded.number
                        """, arguments: [time.milliseconds, last])
                try database.execute(
                    sql: "DELETE FROM event WHERE at < ? AND id <= ?", arguments: [time.milliseconds, last])
                return database.changesCount
            }
        }
        return count
    }

    /// Events that were counted, by day (`2026-11-28`, UTC) and kind, the oldest day first.
    public func eventDays() throws -> [(day: String, kind: Note.Kind, number: Int)] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM event_day ORDER BY day, kind").map {
                ($0["day"], try $0.value("kind"), $0["number"])
            }
        }
    }

    /// When it was last noted that anything happened here; nil before that.
    public func lastEventTime() throws -> Timestamp? {
        try read { try Int64.fetchOne($0, sql: "SELECT at FROM event ORDER BY id DESC LIMIT 1") }
            .map(Timestamp.init(milliseconds:))
    }

    /// Gives back what the database's files no longer need, in short transactions.
    public func shrinkDatabase(while goesOn: () -> Bool = { true }) throws {
        while goesOn(), try translated({ try FreePages.giveBack(database) }) {}
        WriteAheadLog.startOver(database, at: layout.database)
    }

    /// Rewrites a database that an earlier version made, so that it gives its space back from now on. Nobody may be at
    /// work on it, and it takes as much room again.
    public func compact() throws {
        let isDone = try translated { try FreePages.rewrite(database) }
        guard isDone else {
            // SQLITE_ERROR
            throw StoreError.database(message: "it could not be made to give pages back", code: 1)
        }
    }

    public func givesSpaceBack() throws -> Bool { try translated { try FreePages.areGivenBack(by: database) } }
}
