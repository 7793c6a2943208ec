public import DICOMCore
public import Foundation
import GRDB

extension Store {
    /// How often a job is tried before it waits for the operator.
    public static let tries = 3

    /// Takes the oldest job that nobody holds. A study's jobs run one after the other, since a report names its
    /// predecessor.
    /// - Parameters:
    ///   - worker: a name that no other claim has.
    ///   - lease: seconds after which the claim falls back unless it is renewed.
    /// - Returns: nil when nothing waits.
    public func claimJob(worker: String, lease: TimeInterval) throws -> ClaimedJob? {
        try write { database in
            try releaseExpired(in: database)
            let id = try Int64.fetchOne(
                database,
                sql: """
                    SELECT id FROM job WHERE state = 'waiting'
                        AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.study = job.study
                            AND other.state = 'running')
                    ORDER BY created_at, id LIMIT 1
                    """)
            guard let id else { return nil }
            try database.execute(
                sql: """
                    UPDATE job SET state = 'running', worker = ?, lease_until = ?, tries = tries + 1, started_at = ?
                    WHERE id = ?
                    """,
                arguments: [worker, now().addingTimeInterval(lease).milliseconds, now().milliseconds, id])
            return try claimedJob(id, in: database)
        }
    }

    /// Says that the worker still works on its claim; throws `claimLost` when it is no longer its.
    public func renewClaim(on job: Int64, worker: String, lease: TimeInterval) throws {
        try write { database in
            try database.execute(
                sql: "UPDATE job SET lease_until = ? WHERE id = ? AND worker = ? AND state = 'running'",
                arguments: [now().addingTimeInterval(lease).milliseconds, job, worker])
            guard database.changesCount == 1 else { throw StoreError.claimLost(job: job) }
        }
    }

    /// Gives back undone what a worker holds, because it was asked to stop: it does not count as a try.
    public func giveBack(worker: String) throws {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE job SET state = 'waiting', worker = NULL, lease_until = NULL, tries = max(0, tries - 1)
                    WHERE worker = ? AND state = 'running'
                    """, arguments: [worker])
            try database.execute(
                sql: """
                    UPDATE aside SET worker = NULL, lease_until = NULL, tries = max(0, tries - 1) WHERE worker = ?
                    """, arguments: [worker])
        }
    }

    /// A try that ended in an error.
    public func fail(job: Int64, worker: String, reason: String) throws -> Failing {
        try write { database in
            let row = try Self.claim(job, of: worker, in: database)
            return try endTry(row, reason: reason, in: database)
        }
    }

    /// A worker died: its claims count as failed tries. Nothing happens when it held none.
    public func workerDied(_ worker: String, reason: String) throws -> [Failing] {
        try write { database in
            try releaseAsides(of: worker, reason: reason, in: database)
            return try Row.fetchAll(
                database, sql: "SELECT * FROM job WHERE worker = ? AND state = 'running'", arguments: [worker]
            ).map { try endTry($0, reason: reason, in: database) }
        }
    }

    /// Takes back every claim: at a gateway's start no worker of its is alive.
    func releaseAllClaims(in database: Database) throws -> Int {
        try database.execute(sql: "UPDATE aside SET worker = NULL, lease_until = NULL")
        let rows = try Row.fetchAll(database, sql: "SELECT * FROM job WHERE state = 'running'")
        for row in rows { _ = try endTry(row, reason: "the gateway stopped in the middle of it", in: database) }
        return rows.count
    }

    private func releaseExpired(in database: Database) throws {
        let rows = try Row.fetchAll(
            database, sql: "SELECT * FROM job WHERE state = 'running' AND lease_until < ?",
            arguments: [now().milliseconds])
        for row in rows { _ = try endTry(row, reason: "its worker fell silent", in: database) }
    }

    private func endTry(_ job: Row, reason: String, in database: Database) throws -> Failing {
        let id: Int64 = job["id"]
        let study: Int64 = job["study"]
        let tries: Int = job["tries"]
        let isParked = tries >= Self.tries
        try database.execute(
            sql: """
                UPDATE job SET state = ?, reason = ?, worker = NULL, lease_until = NULL, finished_at = ? WHERE id = ?
                """,
            arguments: [
                isParked ? "parked" : "waiting", reason, isParked ? now().milliseconds : nil as Int64?, id,
            ])
        let uid = try String.fetchOne(database, sql: "SELECT uid FROM study WHERE id = ?", arguments: [study])
        try database.note(
            isParked ? .parked : .tryFailed, at: now(), study: uid,
            "job \(id), try \(tries) of \(Self.tries): \(reason)")
        try settleUnlessReceiving(study, in: database)
        return isParked ? .parked(reason: reason) : .triedAgain(tries: tries)
    }

    /// A study that opened again while its job ran goes on receiving.
    func settleUnlessReceiving(_ study: Int64, in database: Database) throws {
        let state = try String.fetchOne(database, sql: "SELECT state FROM study WHERE id = ?", arguments: [study])
        if state != StudyState.receiving.rawValue { try Self.settle(study: study, in: database) }
    }

    static func claim(_ job: Int64, of worker: String, in database: Database) throws -> Row {
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM job WHERE id = ? AND worker = ? AND state = 'running'",
                arguments: [job, worker])
        else { throw StoreError.claimLost(job: job) }
        return row
    }

    private func claimedJob(_ id: Int64, in database: Database) throws -> ClaimedJob? {
        guard
            let row = try Row.fetchOne(
                database,
                sql:
                    "SELECT job.*, study.uid AS study_uid FROM job JOIN study ON study.id = job.study WHERE job.id = ?",
                arguments: [id])
        else { return nil }
        let objects = try Row.fetchAll(
            database,
            sql: """
                SELECT \(StoredObject.columns) FROM job_object JOIN object ON object.id = job_object.object
                JOIN study ON study.id = object.study WHERE job_object.job = ? ORDER BY object.sop_instance
                """, arguments: [id]
        ).map { try StoredObject($0, layout: layout) }
        return ClaimedJob(
            id: id, key: row["key"], study: try row.uid("study_uid"), revision: row["revision"],
            tries: row["tries"], createdAt: row.date("created_at"), bundle: row["bundle"], settings: row["settings"],
            objects: objects, predecessors: try predecessors(of: row, in: database), worker: row["worker"])
    }

    /// The reports of the study's last finished revision before this job's.
    private func predecessors(of job: Row, in database: Database) throws -> [ResultReference] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT result.kind, study.uid AS study_uid, object.series, object.sop_class, object.sop_instance
                FROM result JOIN object ON object.id = result.object JOIN study ON study.id = object.study
                WHERE result.kind = 'report' AND result.job = (
                    SELECT id FROM job WHERE study = ? AND revision < ? AND state = 'done'
                        AND EXISTS (SELECT 1 FROM result WHERE result.job = job.id)
                    ORDER BY revision DESC LIMIT 1)
                ORDER BY object.sop_instance
                """, arguments: [job["study"] as Int64, job["revision"] as Int]
        ).map {
            ResultReference(
                kind: $0["kind"], study: try $0.uid("study_uid"), series: try $0.uid("series"),
                sopClass: try $0.uid("sop_class"), sopInstance: try $0.uid("sop_instance"))
        }
    }

    /// Jobs, newest first.
    public func jobs(of study: UID? = nil, in states: Set<JobState>? = nil, limit: Int = 1000) throws -> [JobRecord] {
        try read { database in
            let wanted = states ?? Set(JobState.allCases)
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT job.*, study.uid AS study_uid, summary.stages
                    FROM job JOIN study ON study.id = job.study LEFT JOIN summary ON summary.job = job.id
                    WHERE job.state IN (\(databaseQuestionMarks(count: wanted.count))) AND study.uid = ifnull(?, study.uid)
                    ORDER BY job.id DESC LIMIT ?
                    """,
                arguments: StatementArguments(wanted.map(\.rawValue)) + [study?.string, limit]
            ).map { row in
                JobRecord(
                    id: row["id"], study: try row.uid("study_uid"), revision: row["revision"],
                    state: try row.value("state"), tries: row["tries"], reason: row["reason"], worker: row["worker"],
                    createdAt: row.date("created_at"),
                    startedAt: (row["started_at"] as Int64?).map(Date.init(milliseconds:)),
                    finishedAt: (row["finished_at"] as Int64?).map(Date.init(milliseconds:)),
                    stages: try Self.stages(row["stages"]))
            }
        }
    }

    private static func stages(_ json: String?) throws -> [Completion.Stage] {
        guard let json else { return [] }
        return try JSONDecoder().decode([Completion.Stage].self, from: Data(json.utf8))
    }
}
