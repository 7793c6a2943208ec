public import DICOMCore
import Foundation
import GRDB

/// What the operator decided about something that got stuck.
public enum OperatorDecision: Sendable {
    case retry, drop
}

extension Store {
    /// Tries a study's parked job and its dead and dropped deliveries again, or drops what is stuck of it: its waiting or
    /// parked job and its undelivered results. Objects stay.
    /// - Returns: how many rows changed.
    public func decide(_ decision: OperatorDecision, study uid: UID) throws -> Int {
        try write { database in
            let study: Int64 = try Self.studyRow(uid, in: database)["id"]
            let jobs: Int
            let deliveries: Int
            switch decision {
            case .retry:
                jobs = try retryJobs(of: study, in: database)
                deliveries = try change(
                    "state = 'waiting', tries = 0, next_try = \(now().milliseconds)",
                    where: "state IN ('dead', 'dropped')", study: study, in: database)
            case .drop:
                jobs = try dropJobs(of: study, in: database)
                deliveries = try change(
                    "state = 'dropped'", where: "state IN ('waiting', 'dead')", study: study, in: database)
            }
            try database.note(
                decision == .retry ? .retried : .dropped, at: now(), study: uid.string,
                "by the operator: \(jobs) jobs, \(deliveries) deliveries")
            if decision == .retry { try settleUnlessReceiving(study, in: database) }
            return jobs + deliveries
        }
    }

    /// Likewise for one delivery.
    public func decide(_ decision: OperatorDecision, delivery id: Int64) throws {
        try write { database in
            guard
                let state = try String.fetchOne(
                    database, sql: "SELECT state FROM outgoing WHERE id = ?", arguments: [id])
            else { throw StoreError.unknown(kind: "delivery", name: "\(id)") }
            let allowed = decision == .retry ? ["dead", "dropped", "waiting"] : ["dead", "waiting"]
            guard allowed.contains(state) else {
                throw StoreError.wrongState(
                    kind: "delivery", name: "\(id)", state: state, wanted: allowed.joined(separator: " or "))
            }
            try database.execute(
                sql: "UPDATE outgoing SET state = ?, tries = 0, next_try = ? WHERE id = ?",
                arguments: [decision == .retry ? "waiting" : "dropped", now().milliseconds, id])
            try database.note(
                decision == .retry ? .retried : .dropped, at: now(), "delivery \(id), by the operator")
            try settleStudy(ofDelivery: id, in: database)
        }
    }

    /// Removes a set-aside object for good.
    public func drop(aside id: Int64) throws {
        let path = try write { database -> String in
            guard let row = try Row.fetchOne(database, sql: "SELECT path FROM aside WHERE id = ?", arguments: [id])
            else { throw StoreError.unknown(kind: "set-aside object", name: "\(id)") }
            try database.execute(sql: "DELETE FROM aside WHERE id = ?", arguments: [id])
            try database.note(.dropped, at: now(), "set-aside object \(id), by the operator")
            return row["path"]
        }
        try files.remove(layout.absolute(path))
    }

    /// A dropped job keeps its key and its revision; closing the study again finds it and runs it no more.
    private func dropJobs(of study: Int64, in database: Database) throws -> Int {
        try database.execute(
            sql: """
                UPDATE job SET state = 'superseded', reason = ?, finished_at = ?
                WHERE study = ? AND state IN ('waiting', 'parked')
                """, arguments: [Self.dropped, now().milliseconds, study])
        let count = database.changesCount
        if count > 0 {
            try database.execute(
                sql: "UPDATE study SET state = 'failed', reason = ? WHERE id = ?", arguments: [Self.dropped, study])
        }
        return count
    }

    /// The newest revision only: a later one took the earlier ones' place.
    private func retryJobs(of study: Int64, in database: Database) throws -> Int {
        try database.execute(
            sql: """
                UPDATE job SET state = 'waiting', tries = 0, reason = NULL, finished_at = NULL
                WHERE study = ?1 AND (state = 'parked' OR state = 'superseded' AND reason = ?2)
                    AND revision = (SELECT max(revision) FROM job WHERE study = ?1)
                """, arguments: [study, Self.dropped])
        return database.changesCount
    }

    private func change(
        _ assignment: String, where condition: String, study: Int64, in database: Database
    ) throws -> Int {
        try database.execute(
            sql: """
                UPDATE outgoing SET \(assignment)
                WHERE \(condition) AND job IN (SELECT id FROM job WHERE study = ?)
                """, arguments: [study])
        return database.changesCount
    }
}
