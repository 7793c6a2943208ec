import Crypto
import DICOMCore
import Foundation
import GRDB
import Workflow

/// What a worker handed in, its files on the disk.
struct HandedIn {
    let completion: Completion
    let files: [WrittenResult]
}

/// A result object whose file is durable and has no row yet.
struct WrittenResult {
    let result: Completion.Result
    /// Relative to the store's folder.
    let path: String
    let digest: ObjectDigest

    init(_ result: Completion.Result, path: String) throws {
        guard let form = try FileMetaInformation.parse(result.part10),
            let digest = ObjectDigest(SHA256.hash(data: result.part10[form.dataSetOffset...]))
        else { throw DICOMCoreError.metaHeader(why: "the result object \(result.sopInstance) has none") }
        self.result = result
        self.path = path
        self.digest = digest
    }
}

extension Lives {
    /// Findings and result objects take the place of what an earlier run of the job left.
    func keepResults(of job: JobLife) throws {
        guard let handedIn else { return }
        self.handedIn = nil
        for table in ["finding", "summary", "result"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE job = ?", arguments: [job.id])
        }
        for finding in handedIn.completion.findings {
            try database.execute(
                sql: "INSERT INTO finding (job, outcome, confidence, triage, json) VALUES (?, ?, ?, ?, ?)",
                arguments: [job.id, finding.outcome, finding.confidence, finding.triage, finding.json])
        }
        try update("study", job.study, ["keeps_results": true])
        let stages = String(decoding: try JSONEncoder().encode(handedIn.completion.stages), as: UTF8.self)
        try database.execute(
            sql: "INSERT INTO summary (job, text, stages) VALUES (?, ?, ?)",
            arguments: [job.id, handedIn.completion.summary, stages])
        try enqueueNotices(of: job.id, handedIn.completion)
        for file in handedIn.files {
            let (document, language) = (file.result.document, file.result.language)
            try database.execute(
                sql: "INSERT INTO result (job, object, kind, subject, language) VALUES (?, ?, ?, ?, ?)",
                arguments: [
                    job.id, try insert(file, of: job.study), document.kind.rawValue, document.subject.text,
                    language?.string,
                ])
        }
    }

    private func insert(_ file: WrittenResult, of study: Int64) throws -> Int64 {
        let result = file.result
        let former = try row("SELECT path FROM object WHERE sop_instance = ?", [result.sopInstance.string])
        if let path = former?["path"] as String?, path.hasPrefix("results/") { remove(path) }
        return try putResult(
            result.sopInstance, of: study,
            [
                "sop_class": result.sopClass.string, "series": result.series.string,
                "transfer_syntax": result.transferSyntax.string, "path": file.path, "bytes": result.part10.count,
                "sha256": Data(file.digest.bytes), "received_at": now.milliseconds,
            ])
    }

    /// The row of a result object. What has its UID becomes it, whether the job made that before or a peer sent it back.
    /// - Parameter columns: the others that the statement names; `received_at` is when the file was written.
    func putResult(_ sopInstance: UID, of study: Int64, _ columns: StatementArguments) throws -> Int64 {
        let sql = """
            INSERT INTO object (study, sop_instance, sop_class, series, transfer_syntax, path, bytes, sha256, received_at,
                calling_ae, association, origin, image)
            VALUES (:study, :sop_instance, :sop_class, :series, :transfer_syntax, :path, :bytes, :sha256, :received_at,
                '', '', 'result', 0)
            ON CONFLICT (sop_instance) DO UPDATE SET path = excluded.path, bytes = excluded.bytes,
                sha256 = excluded.sha256, transfer_syntax = excluded.transfer_syntax,
                received_at = excluded.received_at, calling_ae = '', association = '', origin = 'result', image = 0,
                lost = 0, removed_at = NULL
            RETURNING id
            """
        guard let id = try ids(sql, columns + ["study": study, "sop_instance": sopInstance.string]).first else {
            throw StoreError.unknown(kind: "result", name: sopInstance.string)
        }
        return id
    }
}
