import Foundation
import GRDB
public import Workflow

extension Store {
    /// The newest event's number; 0 where there is none.
    public func lastEvent() throws -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM event") ?? 0 }
    }

    /// What was written down after an event. Workers are processes of their own, so this is where their work shows.
    /// - Parameter limit: of events; what is left comes with the next look.
    public func progress(after event: Int64, limit: Int = 10_000) throws -> StoreProgress {
        try read { database in
            var progress = StoreProgress(lastEvent: event)
            let sql = "SELECT id, at, kind, study FROM event WHERE id > ? ORDER BY id LIMIT ?"
            for row in try Row.fetchAll(database, sql: sql, arguments: [event, limit]) {
                progress.lastEvent = row["id"]
                let kind: Note.Kind = try row.value("kind")
                progress.events[kind, default: 0] += 1
                guard kind == .analysed, let study: String = row["study"] else { continue }
                if let analysis = try Self.analysis(of: study, at: row["at"], database) {
                    progress.analyses.append(analysis)
                }
            }
            return progress
        }
    }

    /// The job whose end is an event: they are one transaction, so they have the same time, and a study's jobs run one
    /// after the other. Nil where it was begun again since.
    private static func analysis(of study: String, at time: Int64, _ database: Database) throws -> StoreProgress
        .Analysis?
    {
        let sql = """
            SELECT job.id, verdict, created_at, started_at, finished_at FROM job JOIN study ON study.id = job.study
            WHERE study.uid = ? AND job.state = 'done' AND finished_at = ?
            """
        guard let job = try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: [study, time]) else {
            return nil
        }
        let newest = try newestImage(of: job["id"], database)
        return StoreProgress.Analysis(
            callingAE: newest?["calling_ae"], lastObjectAt: newest?.date("received_at"),
            closedAt: job.date("created_at"), startedAt: (job["started_at"] as Int64?).map(Date.init(milliseconds:)),
            finishedAt: job.date("finished_at"), isAnalysed: job["verdict"] as String? == "analysed",
            findings: try findings(of: job["id"], database))
    }

    private static func newestImage(of job: Int64, _ database: Database) throws -> Row? {
        let sql = """
            SELECT object.received_at, object.calling_ae FROM job_image JOIN object ON object.id = job_image.object
            WHERE job_image.job = ? ORDER BY object.received_at DESC LIMIT 1
            """
        return try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: [job])
    }

    private static func findings(of job: Int64, _ database: Database) throws -> [StoreProgress.Analysis.Finding] {
        let sql = """
            SELECT outcome, triage, (SELECT group_concat(value, ' ') FROM json_each(finding.json, '$.reasons')) AS reasons
            FROM finding WHERE job = ? ORDER BY id
            """
        return try Row.fetchAll(try database.cachedStatement(sql: sql), arguments: [job]).map { row in
            let reasons: String = row["reasons"] ?? ""
            return StoreProgress.Analysis.Finding(
                outcome: row["outcome"], triage: row["triage"], reasons: reasons.split(separator: " ").map(String.init))
        }
    }

    /// - Returns: nil where it was not delivered.
    public func course(ofDelivery id: Int64) throws -> DeliveryCourse? {
        try read { database in
            let sql = """
                SELECT job.id AS job, job.finished_at, outgoing.ended_at FROM outgoing JOIN job ON job.id = outgoing.job
                WHERE outgoing.id = ? AND outgoing.state = 'delivered'
                    AND outgoing.ended_at IS NOT NULL AND job.finished_at IS NOT NULL
                """
            guard let row = try Row.fetchOne(try database.cachedStatement(sql: sql), arguments: [id]) else {
                return nil
            }
            return DeliveryCourse(
                lastObjectAt: try Self.newestImage(of: row["job"], database)?.date("received_at"),
                madeAt: row.date("finished_at"), deliveredAt: row.date("ended_at"))
        }
    }
}
