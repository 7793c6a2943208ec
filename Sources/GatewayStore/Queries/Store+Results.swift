import Crypto
public import DICOMCore
import Foundation
import GRDB

extension Store {
    /// Takes what a worker made: the files first, durable under their names, then finding, objects, outbox rows and the
    /// job's end in one transaction. Throws `claimLost`, and leaves nothing, when the claim is no longer the worker's.
    public func complete(job: ClaimedJob, with completion: Completion) throws {
        let written = try completion.documents.map(writeResult)
        do {
            try syncResultFolders(of: written)
            try write { try complete(job, completion, written, in: $0) }
        } catch {
            for path in written { try? files.remove(layout.absolute(path)) }
            throw error
        }
    }

    private func writeResult(_ document: Completion.Document) throws -> String {
        let day = SpoolLayout.day(of: now())
        try files.makeFolder("\(layout.results)/\(day)")
        let path = "results/\(day)/\(SpoolLayout.freshName())"
        let file = try files.create(layout.absolute(path))
        defer { file.close() }
        do {
            try document.part10.withUnsafeBytes { try file.write($0) }
            try file.sync()
        } catch {
            try? files.remove(layout.absolute(path))
            throw error
        }
        return path
    }

    private func syncResultFolders(of paths: [String]) throws {
        for folder in Set(paths.map(SpoolLayout.folder)) {
            try files.syncFolder(layout.absolute(folder))
        }
        if !paths.isEmpty { try files.syncFolder(layout.results) }
    }

    private func complete(
        _ job: ClaimedJob, _ completion: Completion, _ paths: [String], in database: Database
    ) throws {
        let row = try Self.claim(job.id, of: job.worker, in: database)
        let study: Int64 = row["study"]
        try clearEarlierResults(of: job.id, in: database)
        for finding in completion.findings {
            try database.execute(
                sql: "INSERT INTO finding (job, outcome, confidence, triage, json) VALUES (?, ?, ?, ?, ?)",
                arguments: [job.id, finding.outcome, finding.confidence, finding.triage, finding.json])
        }
        try database.execute(
            sql: "INSERT INTO summary (job, text, stages) VALUES (?, ?, ?)",
            arguments: [
                job.id, completion.summary,
                String(decoding: try JSONEncoder().encode(completion.stages), as: UTF8.self),
            ])
        var objects: [(document: Completion.Document, id: Int64)] = []
        for (document, path) in zip(completion.documents, paths) {
            let id = try insertResult(document, path, study: study, in: database)
            try database.execute(
                sql: "INSERT INTO result (job, object, kind) VALUES (?, ?, ?)", arguments: [job.id, id, document.kind])
            objects.append((document, id))
        }
        try queue(objects, job: job.id, in: database)
        try endJob(job, completion, study: study, in: database)
    }

    /// A job whose result file was lost runs again; what its first run left gives way.
    private func clearEarlierResults(of job: Int64, in database: Database) throws {
        for table in ["finding", "summary", "result"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE job = ?", arguments: [job])
        }
    }

    private func endJob(
        _ job: ClaimedJob, _ completion: Completion, study: Int64, in database: Database
    ) throws {
        var reason: String?
        if case .notAnalysable(let why) = completion.verdict { reason = why }
        try database.execute(
            sql: """
                UPDATE job SET state = 'done', reason = ?, worker = NULL, lease_until = NULL, finished_at = ? WHERE id = ?
                """, arguments: [reason, now().milliseconds, job.id])
        try database.note(
            .analysed, at: now(), study: job.study.string,
            "job \(job.id), revision \(job.revision): \(reason.map { "not analysable: \($0)" } ?? completion.summary)")
        try settleUnlessReceiving(study, in: database)
    }

    /// The same result made again has the same UID and takes the earlier one's place.
    private func insertResult(
        _ document: Completion.Document, _ path: String, study: Int64, in database: Database
    ) throws -> Int64 {
        guard let form = try FileMetaInformation.parse(document.part10) else {
            throw DICOMCoreError.metaHeader(why: "the result object \(document.sopInstance) has none")
        }
        let digest = SHA256.hash(data: document.part10[form.dataSetOffset...])
        let id = try Int64.fetchOne(
            database,
            sql: """
                INSERT INTO object (study, sop_instance, sop_class, series, transfer_syntax, path, bytes, sha256,
                    received_at, calling_ae, association, origin, image)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 'result', 0)
                ON CONFLICT (sop_instance) DO UPDATE SET path = excluded.path, bytes = excluded.bytes,
                    sha256 = excluded.sha256, origin = 'result', image = 0, lost = 0
                RETURNING id
                """,
            arguments: [
                study, document.sopInstance.string, document.sopClass.string, document.series.string,
                document.transferSyntax.string, path, document.part10.count, Data(digest), now().milliseconds,
            ])
        guard let id else { throw StoreError.unknown(kind: "result", name: document.sopInstance.string) }
        return id
    }

    /// The result objects of a study's revisions, oldest first.
    public func results(of study: UID) throws -> [(reference: ResultReference, object: StoredObject, revision: Int)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(StoredObject.columns), result.kind, job.revision FROM result
                    JOIN object ON object.id = result.object JOIN study ON study.id = object.study
                    JOIN job ON job.id = result.job WHERE study.uid = ? ORDER BY job.revision, object.id
                    """, arguments: [study.string]
            ).map { row in
                let object = try StoredObject(row, layout: layout)
                let reference = ResultReference(
                    kind: row["kind"], study: object.study, series: object.series, sopClass: object.sopClass,
                    sopInstance: object.sopInstance)
                return (reference, object, row["revision"])
            }
        }
    }

    /// The findings of a study's newest finished revision, as JSON.
    public func findings(of study: UID) throws -> [String] {
        try read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT json FROM finding WHERE job = (
                        SELECT job.id FROM job JOIN study ON study.id = job.study
                        WHERE study.uid = ? AND job.state = 'done' ORDER BY job.revision DESC LIMIT 1)
                    ORDER BY id
                    """, arguments: [study.string])
        }
    }
}
