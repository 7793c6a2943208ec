import DICOMCore
import GRDB
import Workflow

/// Files that went, and bytes of whole blocks that they took.
public struct RemovalCount: Hashable, Sendable {
    public var studies = 0
    public var files = 0
    public var bytes: Int64 = 0

    public static func += (left: inout RemovalCount, right: RemovalCount) {
        left.studies += right.studies
        left.files += right.files
        left.bytes += right.bytes
    }
}

extension Lives {
    /// Removes a part of a study if the rules still say so: its state may have changed since it was looked for. The files
    /// go once this is durable (``Store/finishRemovals()``).
    func remove(
        _ part: StudyPart, of study: Int64, _ rules: RetentionRules, for wanted: RemovalCause
    ) throws -> RemovalCount {
        guard let kept = try keptStudies(where: "study.id = ?", [study]).first,
            let cause = rules.removal(of: part, kept.study, for: wanted, at: now)
        else { return RemovalCount() }
        let taken = part == .sources ? kept.sources : kept.results
        let objects = part == .sources ? Self.sources : Self.results
        try database.cachedStatement(
            sql: "INSERT OR IGNORE INTO removal (path) SELECT path FROM object WHERE study = ? AND \(objects)"
        ).execute(arguments: [study])
        try database.cachedStatement(
            sql: "UPDATE object SET removed_at = ?, lost = 0 WHERE study = ? AND \(objects)"
        ).execute(arguments: [now.milliseconds, study])
        if part == .results {
            try database.cachedStatement(
                sql: "DELETE FROM finding WHERE job IN (SELECT id FROM job WHERE study = ?)"
            ).execute(arguments: [study])
        }
        try markRemoved(part, of: kept, files: taken.files, cause)
        guard taken.files > 0 else { return RemovalCount() }
        let what = part == .sources ? "received objects" : "results"
        let text = "\(taken.files) \(what) (\(taken.bytes) bytes) were removed: \(cause)"
        try note(Note(.removed, text), study: kept.uid.string)
        return RemovalCount(studies: 1, files: taken.files, bytes: taken.bytes)
    }

    private static let sources = "origin <> 'result' AND removed_at IS NULL"
    private static let results = "origin = 'result' AND removed_at IS NULL"

    private func markRemoved(_ part: StudyPart, of kept: KeptRow, files: Int, _ cause: RemovalCause) throws {
        var columns: Columns = ["keeps_\(part.rawValue)": false]
        if files > 0 {
            columns["\(part.rawValue)_removed_at"] = now.milliseconds
            columns["\(part.rawValue)_removed_why"] = cause.rawValue
        }
        // Nothing is there to be looked for again and again.
        if part == .sources, kept.results.files == 0 { columns["keeps_results"] = false }
        try update("study", kept.id, columns)
    }

    /// Whether a row's file is to be there.
    func isKept(_ object: Row) -> Bool { object["lost"] == 0 && object["removed_at"] == nil }

    /// The study has received objects, which may be removed again one day.
    func keepSources(of study: Int64) throws {
        try database.cachedStatement(sql: "UPDATE study SET keeps_sources = 1 WHERE id = ? AND keeps_sources = 0")
            .execute(arguments: [study])
    }

    /// An object that was removed came again: it is kept, and its days begin anew.
    func keepAgain(_ object: Row, receivedAt: Timestamp) throws {
        let study: Int64 = object["study"]
        let isResult = try object.value("origin", as: ObjectOrigin.self) == .result
        try update(
            "object", object["id"], ["removed_at": nil as Int64?, "received_at": receivedAt.milliseconds])
        if isResult { return try update("study", study, ["keeps_results": true]) }
        try keepSources(of: study)
        let rest = try row(
            "SELECT 1 FROM object WHERE study = ? AND origin <> 'result' AND removed_at IS NOT NULL", [study])
        if rest == nil {
            try update("study", study, ["sources_removed_at": nil as Int64?, "sources_removed_why": nil as String?])
        }
    }

    func hasLostImagesToRetention(_ job: Int64) throws -> Bool {
        try row(
            """
            SELECT 1 FROM job_image JOIN object ON object.id = job_image.object
            WHERE job_image.job = ? AND job_image.missing = 0 AND object.removed_at IS NOT NULL LIMIT 1
            """, [job]) != nil
    }
}
