public import DICOMCore
import Foundation
import GRDB
public import Workflow

extension Store {
    /// Takes what a worker made: the files first, durable under their names, then finding, objects, outbox rows and the
    /// job's end in one transaction. What the job's machine does not keep leaves nothing.
    /// - Returns: where the job stands now.
    /// - Throws: ``StoreError/refused(_:)`` when somebody else claimed the job meanwhile.
    @discardableResult
    public func complete(job: ClaimedJob, with completion: Completion) throws -> JobState {
        try checkLimit(adding: completion.results.reduce(0) { $0 + Int64($1.part10.count) })
        let written = try write(completion.results)
        do {
            let (state, isKept) = try live { lives in
                lives.handedIn = HandedIn(completion: completion, files: written)
                let handIn = JobWorkflow.HandIn(
                    recipe: completion.recipe, verdict: completion.verdict,
                    results: Dictionary(written.map { ($0.result.sopInstance, $0.digest) }) { first, _ in first },
                    unread: completion.unread)
                let state = try lives.tell(
                    job: job.id, .finished(by: job.owner, handIn, at: lives.now, random: lives.random))
                return (state.name, lives.handedIn == nil)
            }
            if !isKept { remove(written) }
            return state
        } catch {
            remove(written)
            throw error
        }
    }

    private func write(_ results: [Completion.Result]) throws -> [WrittenResult] {
        var written: [WrittenResult] = []
        do {
            for result in results { written.append(try WrittenResult(result, path: try writeResult(result))) }
            try syncResultFolders(of: written.map(\.path))
            return written
        } catch {
            remove(written)
            throw error
        }
    }

    private func remove(_ written: [WrittenResult]) {
        for file in written { try? files.remove(layout.absolute(file.path)) }
    }

    private func writeResult(_ document: Completion.Result) throws -> String {
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

    /// The result objects of a study's revisions, oldest first.
    public func results(of study: UID) throws -> [(reference: ResultReference, object: StoredObject, revision: Int)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(StoredObject.columns), result.kind, result.subject, job.revision FROM result
                    JOIN object ON object.id = result.object JOIN study ON study.id = object.study
                    JOIN job ON job.id = result.job WHERE study.uid = ? ORDER BY job.revision, object.id
                    """, arguments: [study.string]
            ).map { row in
                let object = try StoredObject(row, layout: layout)
                let reference = ResultReference(
                    document: try Document(row), study: object.study, series: object.series, sopClass: object.sopClass,
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
