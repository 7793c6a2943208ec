public import DICOMCore
import Foundation
import GRDB
import Workflow

extension Store {
    /// The studies that receive, for assembly to pick up after a start.
    public func openStudies() throws -> [OpenStudy] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT uid, opened_at, last_arrival, forced FROM study WHERE state = 'receiving' ORDER BY id"
            ).map {
                OpenStudy(
                    uid: try $0.uid("uid"), openedAt: $0.date("opened_at"), lastArrival: $0.date("last_arrival"),
                    forced: $0["forced"])
            }
        }
    }

    /// Closes a study: a new revision with its job, in one transaction.
    public func closeStudy(_ uid: UID, recipe: JobRecipe) throws -> Closing {
        try write { database in
            let study = try Self.studyRow(uid, in: database)
            let id: Int64 = study["id"]
            let images = try Row.fetchAll(
                database, sql: "SELECT id, sha256 FROM object WHERE study = ? AND image = 1 AND lost = 0 ORDER BY id",
                arguments: [id])
            guard !images.isEmpty else { return try closeWithoutImages(id, uid, in: database) }
            let key = recipe.key(uid, try images.map { try $0.digest("sha256").description })
            if let job = try Row.fetchOne(
                database, sql: "SELECT id, state, reason FROM job WHERE key = ?", arguments: [key])
            {
                return try close(study, uid, as: job, in: database)
            }
            let revision = (study["revision"] as Int) + 1
            let job = try addJob(
                key, study: id, revision: revision, objects: images.map { $0["id"] }, recipe: recipe, in: database)
            try database.note(
                .closed, at: now(), study: uid.string,
                "revision \(revision) with \(images.count) images to analyse is job \(job)")
            return .job(id: job, revision: revision)
        }
    }

    /// The study holds again what a job was made for. One that never ran to its end, since another took its place, is the
    /// newest now; one that the operator dropped runs if he asks for it, and else stays dropped.
    private func close(_ study: Row, _ uid: UID, as job: Row, in database: Database) throws -> Closing {
        let (id, number): (Int64, Int64) = (study["id"], job["id"])
        guard try job.value("state", as: JobState.self) == .superseded else {
            return try closeUnchanged(id, uid, job: number, in: database)
        }
        guard job["reason"] as String? != Self.dropped || study["forced"] as Bool else {
            try database.execute(
                sql: "UPDATE study SET state = 'failed', reason = ? WHERE id = ?", arguments: [Self.dropped, id])
            try database.note(
                .closed, at: now(), study: uid.string, "nothing new since job \(number), which was dropped")
            return .unchanged(job: number)
        }
        let revision = (study["revision"] as Int) + 1
        try supersedeWaiting(of: id, revision: revision, in: database)
        try database.execute(
            sql: """
                UPDATE job SET state = 'waiting', tries = 0, reason = NULL, finished_at = NULL, revision = ?, created_at = ?
                WHERE id = ?
                """, arguments: [revision, now().milliseconds, number])
        try wait(study: id, revision: revision, in: database)
        try database.note(.closed, at: now(), study: uid.string, "revision \(revision) is job \(number) again")
        return .job(id: number, revision: revision)
    }

    static let dropped = "dropped by the operator"

    private func supersedeWaiting(of study: Int64, revision: Int, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE job SET state = 'superseded', reason = 'revision ' || ? || ' took its place', finished_at = ?
                WHERE study = ? AND state IN ('waiting', 'parked')
                """, arguments: [revision, now().milliseconds, study])
    }

    /// The study waits for its newest job.
    private func wait(study: Int64, revision: Int, in database: Database) throws {
        try database.execute(
            sql: "UPDATE study SET state = 'waiting', reason = NULL, forced = 0, revision = ? WHERE id = ?",
            arguments: [revision, study])
    }

    private func addJob(
        _ key: String, study: Int64, revision: Int, objects: [Int64], recipe: JobRecipe,
        in database: Database
    ) throws -> Int64 {
        try supersedeWaiting(of: study, revision: revision, in: database)
        try database.execute(
            sql: """
                INSERT INTO job (key, study, revision, bundle, settings, state, created_at)
                VALUES (?, ?, ?, ?, ?, 'waiting', ?)
                """, arguments: [key, study, revision, recipe.bundle, recipe.settings, now().milliseconds])
        let job = database.lastInsertedRowID
        let insert = try database.makeStatement(sql: "INSERT INTO job_object (job, object) VALUES (?, ?)")
        for object in objects { try insert.execute(arguments: [job, object]) }
        try wait(study: study, revision: revision, in: database)
        return job
    }

    private func closeWithoutImages(_ study: Int64, _ uid: UID, in database: Database) throws -> Closing {
        let reason = "it holds no CR, DX, CT or Secondary Capture image"
        try database.execute(
            sql: "UPDATE study SET state = 'not analysable', reason = ?, forced = 0 WHERE id = ?",
            arguments: [reason, study])
        try database.note(.closed, at: now(), study: uid.string, "not analysable: \(reason)")
        return .notAnalysable(reason: reason)
    }

    private func closeUnchanged(_ study: Int64, _ uid: UID, job: Int64, in database: Database) throws -> Closing {
        try database.execute(
            sql: "UPDATE study SET forced = 0 WHERE id = ?", arguments: [study])
        try Self.settle(study: study, in: database)
        try database.note(.closed, at: now(), study: uid.string, "nothing new since job \(job)")
        return .unchanged(job: job)
    }

    /// Asks assembly to close the study without waiting; a closed one is closed again, which makes a new job if its
    /// objects, the bundle or the settings changed since.
    public func forceStudy(_ uid: UID) throws {
        try write { database in
            let study = try Self.studyRow(uid, in: database)
            try database.execute(
                sql: "UPDATE study SET state = 'receiving', forced = 1 WHERE id = ?",
                arguments: [study["id"] as Int64])
            try database.note(.forced, at: now(), study: uid.string, "closing was asked for")
        }
    }

    static func studyRow(_ uid: UID, in database: Database) throws -> Row {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM study WHERE uid = ?", arguments: [uid.string])
        else { throw StoreError.unknown(kind: "study", name: uid.string) }
        return row
    }

    /// Brings the study's state in line with its newest job and what the destinations said.
    static func settle(study: Int64, in database: Database) throws {
        guard
            let job = try Row.fetchOne(
                database, sql: "SELECT * FROM job WHERE study = ? AND state <> 'superseded' ORDER BY revision DESC",
                arguments: [study])
        else { return }
        let state: StudyState
        switch try job.value("state", as: JobState.self) {
        case .waiting, .running: state = .waiting
        case .parked: state = .failed
        case .done: state = try doneState(job: job["id"], in: database)
        case .superseded: return
        }
        try database.execute(
            sql: "UPDATE study SET state = ?, reason = ? WHERE id = ?",
            arguments: [state.rawValue, job["reason"] as String?, study])
    }

    private static func doneState(job: Int64, in database: Database) throws -> StudyState {
        let findings =
            try Int.fetchOne(
                database, sql: "SELECT count(*) FROM finding WHERE job = ?", arguments: [job]) ?? 0
        guard findings > 0 else { return .notAnalysable }
        let states = try String.fetchSet(
            database, sql: "SELECT DISTINCT state FROM outgoing WHERE job = ?", arguments: [job])
        return states == ["delivered"] ? .reported : .analysed
    }

    /// The studies of these states, newest first; all states when nil.
    public func studies(in states: Set<StudyState>? = nil, limit: Int = 1000) throws -> [StudyRecord] {
        try read { database in
            let wanted = states ?? Set(StudyState.allCases)
            return try Row.fetchAll(
                database,
                sql: Self.studySQL + " WHERE study.state IN (\(databaseQuestionMarks(count: wanted.count)))"
                    + " ORDER BY study.last_arrival DESC LIMIT ?",
                arguments: StatementArguments(wanted.map(\.rawValue)) + [limit]
            ).map(Self.studyRecord)
        }
    }

    /// Nil when there is none.
    public func study(_ uid: UID) throws -> StudyRecord? {
        try read { database in
            try Row.fetchOne(database, sql: Self.studySQL + " WHERE study.uid = ?", arguments: [uid.string])
                .map(Self.studyRecord)
        }
    }

    private static let studySQL = """
        SELECT study.*,
            (SELECT count(*) FROM object WHERE object.study = study.id AND origin = 'received') AS objects,
            (SELECT count(*) FROM object WHERE object.study = study.id AND image = 1) AS images,
            (SELECT text FROM summary JOIN job ON job.id = summary.job WHERE job.study = study.id
                ORDER BY job.revision DESC LIMIT 1) AS summary
        FROM study
        """

    private static func studyRecord(_ row: Row) throws -> StudyRecord {
        StudyRecord(
            uid: try row.uid("uid"), state: try row.value("state"), reason: row["reason"], revision: row["revision"],
            objects: row["objects"], images: row["images"], firstArrival: row.date("first_arrival"),
            lastArrival: row.date("last_arrival"), summary: row["summary"])
    }
}
