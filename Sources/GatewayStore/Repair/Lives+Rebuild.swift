import DICOMCore
import Foundation
import GRDB
import Workflow

/// Rows of results whose rows were lost.
extension Lives {
    /// - Returns: false where its revision has results of another date: then it is of another life of the store.
    func keep(_ kept: KeptResult, _ arrival: Arrival) throws -> Bool {
        let study = try studyOfResult(kept, arrival)
        guard let job = try job(of: kept, study) else { return false }
        let identity = arrival.identity
        let object = try putResult(
            identity.sopInstance, of: study,
            [
                "sop_class": identity.sopClass.string, "series": identity.series.string,
                "transfer_syntax": arrival.transferSyntax.string, "path": arrival.path, "bytes": arrival.bytes,
                "sha256": Data(arrival.digest.bytes), "received_at": arrival.receivedAt.milliseconds,
            ])
        try cachedUpdate(
            "INSERT OR REPLACE INTO result (job, object, kind, subject, language) VALUES (?, ?, ?, ?, ?)",
            [job, object, kept.document.kind.rawValue, kept.document.subject.text, kept.language?.string])
        // What a note names is an earlier result.
        if kept.document.kind != .keyObjects {
            for image in kept.images {
                try cachedUpdate(
                    "INSERT OR IGNORE INTO rebuilt_image (job, sop_instance) VALUES (?, ?)", [job, image.string])
            }
        }
        try keepFindings(of: kept, job)
        return true
    }

    private func studyOfResult(_ kept: KeptResult, _ arrival: Arrival) throws -> Int64 {
        if let study = try study(arrival.identity.study) { return study.id }
        let ours = Provenance(maker: .thisNode, imageKind: nil)
        return try makeStudy(arrival.identity.study, first: .init(ours, at: Timestamp(kept.madeAt))).id
    }

    private func job(of kept: KeptResult, _ study: Int64) throws -> Int64? {
        let madeAt = kept.madeAt.milliseconds
        if let row = try row("SELECT * FROM job WHERE study = ? AND revision = ?", [study, kept.revision]) {
            guard row["created_at"] == madeAt else { return nil }
            if case .notAnalysable(let reason)? = kept.verdict {
                try update("job", row["id"], ["verdict": kept.verdict?.name, "reason": reason])
            }
            return row["id"]
        }
        let verdict = kept.verdict ?? .analysed
        try cachedUpdate(
            """
            INSERT INTO job (study, revision, bundle, settings, precision, software, node, state, verdict, reason,
                created_at, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, (SELECT value FROM node WHERE key = 'node name'), 'done', ?, ?, ?, ?)
            """,
            [
                study, kept.revision, kept.recipe.bundle, kept.recipe.settings, kept.recipe.precision,
                kept.recipe.software, verdict.name, verdict.reason, madeAt, madeAt,
            ])
        return database.lastInsertedRowID
    }

    /// Every class of report says the same: the first that is read is kept.
    private func keepFindings(of kept: KeptResult, _ job: Int64) throws {
        if !kept.findings.isEmpty, try row("SELECT 1 FROM finding WHERE job = ?", [job]) == nil {
            for finding in kept.findings {
                try cachedUpdate(
                    "INSERT INTO finding (job, outcome, confidence, triage, json) VALUES (?, ?, ?, ?, ?)",
                    [job, finding.outcome, finding.confidence, finding.triage, finding.json])
            }
        }
        if let summary = kept.summary {
            try cachedUpdate("INSERT OR IGNORE INTO summary (job, text) VALUES (?, ?)", [job, summary])
        }
    }

    func cover(_ object: Int64, by job: Int64) throws {
        try cachedUpdate(
            """
            INSERT OR IGNORE INTO job_image (job, sop_instance, object, sha256, missing)
            SELECT ?, sop_instance, id, sha256, 0 FROM object WHERE id = ?
            """, [job, object])
    }

    /// What its newest revision says, where that is of all its images; else it stays open and gets a revision.
    func closeRebuilt(_ id: Int64, node: String) throws {
        guard let row = try row("SELECT uid FROM study WHERE id = ?", [id]) else { return }
        var study = try knownStudy(try row.uid("uid"))
        guard let revision = study.machine.state.revision else { return }
        let closing = try closing(of: study, revision.recipe, node: node)
        // A study whose images are all gone keeps what was said of it.
        guard closing.contents == closing.former || closing.contents.images.isEmpty else { return }
        study.machine = StudyWorkflow(state: .closed(revision))
        try save(study)
    }

    func cachedUpdate(_ sql: String, _ arguments: StatementArguments) throws {
        try database.cachedStatement(sql: sql).execute(arguments: arguments)
    }
}
