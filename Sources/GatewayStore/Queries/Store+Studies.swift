public import DICOMCore
import Foundation
import GRDB
public import Workflow

extension Store {
    /// The studies that receive, for assembly to pick up after a start.
    public func openStudies() throws -> [OpenStudy] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT uid, opened_at, last_arrival, opening FROM study WHERE state = 'receiving' ORDER BY id"
            ).map {
                OpenStudy(
                    uid: try $0.uid("uid"), openedAt: $0.date("opened_at"), lastArrival: $0.date("last_arrival"),
                    opening: try $0.value("opening"))
            }
        }
    }

    /// Closes a study: in one transaction a new revision with its job, or the word that nothing is new.
    /// - Parameter recipe: of this gateway's workers.
    public func closeStudy(_ uid: UID, recipe: Recipe) throws -> Closing {
        try live { lives in
            var study = try lives.knownStudy(uid)
            let former = study.machine.state.revision?.number
            try lives.tell(&study, .closingDue(try lives.closing(of: study, recipe, node: node)))
            return Self.closing(of: study.machine.state, former: former)
        }
    }

    private static func closing(of state: StudyWorkflow.State, former: Int?) -> Closing {
        switch state {
        case .notAnalysable(let state) where state.revision?.number == former: .notAnalysable(reason: state.reason)
        case .failed(let failed): .failed(reason: failed.reason)
        default:
            if let number = state.revision?.number, number != former {
                .job(revision: number)
            } else {
                .unchanged(revision: former ?? 0)
            }
        }
    }

    /// Asks assembly to close the study without waiting; a closed one is closed again, which makes a new job if its
    /// images or the recipe changed since.
    public func forceStudy(_ uid: UID) throws {
        try live { lives in
            var study = try lives.knownStudy(uid)
            try lives.tell(&study, .forced(at: lives.now))
        }
    }

    /// Newest first.
    public func studies(_ filter: StudyFilter = StudyFilter()) throws -> [StudyRecord] {
        try read { database in
            let states = filter.states ?? Set(StudyState.allCases)
            // What is counted for each study is counted for those alone that are asked for.
            return try Row.fetchAll(
                database,
                sql: Self.studySQL + """
                     WHERE study.id IN (
                        SELECT id FROM study
                        WHERE +state IN (\(databaseQuestionMarks(count: states.count)))
                            AND last_arrival >= ifnull(?, last_arrival) AND (? IS NULL OR last_arrival < ?)
                            AND (? IS NULL OR EXISTS (
                                SELECT 1 FROM object
                                WHERE object.study = study.id AND origin <> 'result' AND calling_ae = ?))
                        ORDER BY last_arrival DESC LIMIT ?)
                    ORDER BY study.last_arrival DESC
                    """,
                arguments: StatementArguments(states.map(\.rawValue)) + [
                    filter.since?.milliseconds, filter.until?.milliseconds, filter.until?.milliseconds, filter.sender,
                    filter.sender, filter.limit,
                ]
            ).map(Self.studyRecord)
        }
    }

    /// An object of the study that a peer sent and that is there; nil when there is none.
    public func sample(of study: UID) throws -> StoredObject? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: """
                    SELECT \(StoredObject.columns) FROM object JOIN study ON study.id = object.study
                    WHERE study.uid = ? AND origin = 'received' AND lost = 0 AND removed_at IS NULL ORDER BY object.id LIMIT 1
                    """, arguments: [study.string]
            ).map { try StoredObject($0, layout: layout) }
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
            lastArrival: row.date("last_arrival"), summary: row["summary"],
            sourcesRemoved: try removal(of: .sources, row), resultsRemoved: try removal(of: .results, row))
    }

    private static func removal(of part: StudyPart, _ row: Row) throws -> StudyRecord.Removal? {
        guard let at: Int64 = row["\(part.rawValue)_removed_at"] else { return nil }
        return StudyRecord.Removal(
            at: Date(milliseconds: at), cause: try row.value("\(part.rawValue)_removed_why"),
            isPartial: row["keeps_\(part.rawValue)"])
    }
}
