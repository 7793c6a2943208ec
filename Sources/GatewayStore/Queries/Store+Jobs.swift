public import DICOMCore
public import Foundation
import GRDB
public import Workflow

extension Store {
    /// Takes the oldest job that is due and that the worker has the recipe for. A study's jobs run one after the other,
    /// since a report names its predecessor. Where there is none, a job that was made for another recipe than the gateway's
    /// workers have makes way for a new revision.
    /// - Parameters:
    ///   - recipe: of the worker.
    ///   - lease: seconds after which the claim falls back unless it is renewed.
    ///   - clockJumped: the wall clock moved without time passing since the last claim.
    /// - Returns: nil when nothing is due.
    public func claimJob(
        by owner: Owner, recipe: Recipe, lease: TimeInterval, clockJumped: Bool = false
    ) throws -> ClaimedJob? {
        let isAnything = try look { lives in
            try lives.hasRunOut("job", where: "state = 'running'") || dueJob(recipe, lives) != nil
                || !studiesToRenew(of: node, recipeInForce(lives), lives, limit: 1).isEmpty
        }
        guard isAnything else { return nil }
        return try live { lives in
            try sweepJobs(lives, clockJumped: clockJumped)
            guard let id = try dueJob(recipe, lives) else {
                try renewJobs(of: node, try recipeInForce(lives), lives, limit: 1)
                return nil
            }
            let claim = Claim(owner: owner, at: lives.now, lease: .seconds(lease))
            // Only one that isn't busy was looked for.
            try lives.tell(job: id, .claimed(claim, recipe: recipe, studyIsBusy: false))
            try fixPredecessors(of: id, lives)
            try fixSuperseded(by: id, lives)
            try lives.update("job", id, ["started_at": lives.now.milliseconds])
            return try claimedJob(id, owner, lives)
        }
    }

    private func dueJob(_ recipe: Recipe, _ lives: Lives) throws -> Int64? {
        try lives.ids(
            """
            SELECT id FROM job WHERE state = 'waiting' AND (next_try <= ? OR next_try > ?)
                AND bundle = ? AND settings = ? AND precision = ? AND software = ?
                AND NOT EXISTS (SELECT 1 FROM job AS other WHERE other.study = job.study AND other.state = 'running')
            ORDER BY created_at, id LIMIT 1
            """, lives.due + [recipe.bundle, recipe.settings, recipe.precision, recipe.software]
        ).first
    }

    /// Waiting jobs of the node that its workers can't do make way for new revisions. It is the gateway's recipe that
    /// counts: were it a worker's, one that was started otherwise would have the study closed again and again.
    func renewJobs(of node: String, _ recipe: Recipe, _ lives: Lives, limit: Int) throws {
        for study in try studiesToRenew(of: node, recipe, lives, limit: limit) {
            try lives.tell(study: study, .recipeInForce(recipe, node: node, at: lives.now))
        }
    }

    private func studiesToRenew(of node: String, _ recipe: Recipe, _ lives: Lives, limit: Int) throws -> [Int64] {
        try lives.ids(
            """
            SELECT study FROM job WHERE state = 'waiting' AND node = ?
                AND NOT (bundle = ? AND settings = ? AND precision = ? AND software = ?)
                AND NOT EXISTS (SELECT 1 FROM job AS later WHERE later.study = job.study AND later.revision > job.revision)
                AND (SELECT state FROM study WHERE study.id = job.study) = 'waiting'
            LIMIT ?
            """, [node, recipe.bundle, recipe.settings, recipe.precision, recipe.software, limit])
    }

    /// Says that the worker still works on its claim.
    /// - Throws: ``StoreError/refused(_:)`` when it is no longer its.
    public func renewClaim(on job: Int64, by owner: Owner, lease: TimeInterval) throws {
        try live { lives in
            let until = lives.now.adding(.seconds(lease))
            try lives.tell(job: job, .renewed(by: owner, at: lives.now, until: until))
        }
    }

    /// A try ended without a result.
    /// - Returns: where the job stands now.
    @discardableResult
    public func fail(job: Int64, by owner: Owner, _ cause: Cause) throws -> JobState {
        try live { try $0.tell(job: job, .failed(by: owner, cause, at: $0.now, random: $0.random)).name }
    }

    /// A worker ended: what it held comes back. Nothing happens when it held nothing.
    /// - Returns: where its jobs stand now.
    @discardableResult
    public func workerEnded(_ owner: Owner, _ cause: Cause) throws -> [JobState] {
        try live { lives in
            for id in try lives.held("aside", by: owner.node, owner.worker) {
                try lives.tell(aside: id, .failed(by: owner, cause, at: lives.now, random: lives.random))
            }
            return try lives.held("job", by: owner.node, owner.worker).map {
                try lives.tell(job: $0, .failed(by: owner, cause, at: lives.now, random: lives.random)).name
            }
        }
    }

    /// Gives back undone what a worker holds, because it was asked to stop.
    public func giveBack(by owner: Owner) throws {
        try live { lives in
            for id in try lives.held("aside", by: owner.node, owner.worker) {
                try lives.tell(aside: id, .released(by: owner, at: lives.now))
            }
            for id in try lives.held("job", by: owner.node, owner.worker) {
                try lives.tell(job: id, .released(by: owner, at: lives.now))
            }
        }
    }

    private func sweepJobs(_ lives: Lives, clockJumped: Bool) throws {
        for id in try lives.ids("SELECT id FROM job WHERE state = 'running'", []) {
            try lives.tell(job: id, .swept(at: lives.now, clockJumped: clockJumped, random: lives.random))
        }
    }

    private func claimedJob(_ id: Int64, _ owner: Owner, _ lives: Lives) throws -> ClaimedJob? {
        let sql = "SELECT job.*, study.uid AS study_uid FROM job JOIN study ON study.id = job.study WHERE job.id = ?"
        guard let row = try lives.row(sql, [id]) else { return nil }
        var images: [ClaimedJob.Image] = []
        var missing: [StoredObject] = []
        for image in try lives.rows(
            """
            SELECT \(StoredObject.columns), job_image.sha256 AS digest, job_image.missing FROM job_image
            JOIN object ON object.id = job_image.object JOIN study ON study.id = object.study
            WHERE job_image.job = ? ORDER BY object.sop_instance
            """, [id])
        {
            let object = try StoredObject(image, layout: layout)
            if image["missing"] == 1 {
                missing.append(object)
            } else {
                images.append(ClaimedJob.Image(object: object, digest: try image.digest("digest")))
            }
        }
        let attempts = try row.attempts()
        return ClaimedJob(
            id: id, study: try row.uid("study_uid"), revision: row["revision"], recipe: Recipe(row),
            tries: attempts.number, formerCause: attempts.cause, isLastTry: attempts.number >= rules.tries,
            createdAt: row.date("created_at"), images: images, missing: missing,
            predecessors: try references("job_predecessor", of: id, lives),
            superseded: try references("job_superseded", of: id, lives), owner: owner)
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
                    state: try row.value("state"), failures: row["failures"], reason: row["reason"],
                    worker: row["owner_worker"], createdAt: row.date("created_at"),
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
