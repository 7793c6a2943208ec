import DICOMCore
import GRDB
import Workflow

/// A job's row as its machine.
struct JobLife {
    let id: Int64
    let study: Int64
    var machine: JobWorkflow
}

extension Lives {
    func job(of study: Int64, _ revision: Int) throws -> Int64 {
        guard let id = try ids("SELECT id FROM job WHERE study = ? AND revision = ?", [study, revision]).first else {
            throw StoreError.unknown(kind: "revision", name: "\(revision)")
        }
        return id
    }

    private func job(_ id: Int64) throws -> JobLife {
        guard let row = try row("SELECT * FROM job WHERE id = ?", [id]) else {
            throw StoreError.unknown(kind: "job", name: "\(id)")
        }
        return try job(row)
    }

    func job(_ row: Row) throws -> JobLife {
        JobLife(
            id: row["id"], study: row["study"],
            machine: JobWorkflow(revision: row["revision"], recipe: Recipe(row), rules: rules, state: try state(row)))
    }

    private func state(_ row: Row) throws -> JobWorkflow.State {
        switch try row.value("state", as: JobWorkflow.State.Name.self) {
        case .waiting:
            .waiting(JobWorkflow.Waiting(attempts: try row.attempts(), purpose: try purpose(row)))
        case .running:
            .running(
                JobWorkflow.Running(
                    claim: try row.neededClaim(), attempts: try row.attempts(), purpose: try purpose(row),
                    successor: row["superseded_by"]))
        case .done:
            .done(
                JobWorkflow.Done(
                    verdict: try verdict(row), at: row.timestamp("finished_at"), resultsLost: row["results_lost"],
                    successor: row["superseded_by"]))
        case .parked:
            .parked(
                JobWorkflow.Parked(
                    reason: row["reason"] ?? "", at: row.timestamp("finished_at"), attempts: try row.attempts(),
                    purpose: try purpose(row)))
        case .superseded:
            .superseded(
                JobWorkflow.Superseded(by: row["superseded_by"] ?? 0, at: row.timestamp("finished_at")))
        case .dropped:
            .dropped(JobWorkflow.Dropped(at: row.timestamp("finished_at"), purpose: try purpose(row)))
        }
    }

    private func verdict(_ row: Row) throws -> JobWorkflow.Verdict {
        switch row["verdict"] as String? {
        case JobWorkflow.Verdict.analysed.name: .analysed
        case JobWorkflow.Verdict.notAnalysable(reason: "").name: .notAnalysable(reason: row["reason"] ?? "")
        case let other: throw StoreError.unreadable(column: "job.verdict", value: other ?? "nothing")
        }
    }

    private func purpose(_ row: Row) throws -> JobWorkflow.Purpose {
        row["purpose"] == Self.remaking ? .remaking(try resultDigests(of: row["id"])) : .analysis
    }

    private static let remaking = "remaking"

    /// A row of a lost object keeps the digest.
    func resultDigests(of job: Int64) throws -> [UID: ObjectDigest] {
        var digests: [UID: ObjectDigest] = [:]
        for row in try rows(
            """
            SELECT object.sop_instance, object.sha256 FROM result JOIN object ON object.id = result.object
            WHERE result.job = ?
            """, [job])
        {
            digests[try row.uid("sop_instance")] = try row.digest("sha256")
        }
        return digests
    }

    func makeJob(_ revision: Revision, of study: Int64) throws {
        let job = JobWorkflow(revision: revision.number, recipe: revision.recipe, rules: rules, madeAt: revision.madeAt)
        try database.cachedStatement(
            sql: """
                INSERT INTO job (study, revision, bundle, settings, precision, software, node, state, next_try, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            study, revision.number, revision.recipe.bundle, revision.recipe.settings, revision.recipe.precision,
            revision.recipe.software, revision.madeBy, job.state.name.rawValue, now.milliseconds,
            revision.madeAt.milliseconds,
        ])
        try database.cachedStatement(
            sql: """
                INSERT INTO job_image (job, sop_instance, object, sha256, missing)
                SELECT ?, sop_instance, id, sha256, lost OR removed_at IS NOT NULL
                FROM object WHERE study = ? AND image = 1
                """
        ).execute(arguments: [database.lastInsertedRowID, study])
    }

    @discardableResult
    func tell(job id: Int64, _ event: JobWorkflow.Event) throws -> JobWorkflow.State {
        var life = try job(id)
        let before = life.machine
        let actions = try life.machine.handle(event)
        if life.machine != before { try save(life) }
        for action in actions { try perform(action, life) }
        return life.machine.state
    }

    private func save(_ life: JobLife) throws {
        var columns: Columns = ["state": life.machine.state.name.rawValue].and(.of(nil))
        switch life.machine.state {
        case .waiting(let waiting):
            columns = columns.and(waiting.attempts.columns).and(Self.columns(waiting.purpose))
            columns = columns.and([
                "finished_at": nil as Int64?, "verdict": nil as String?, "superseded_by": nil as Int?,
            ])
        case .running(let running):
            columns = columns.and(running.attempts.columns).and(Self.columns(running.purpose))
            columns = columns.and(.of(running.claim)).and(["superseded_by": running.successor])
        case .done(let done):
            columns = columns.and([
                "verdict": done.verdict.name, "reason": done.verdict.reason, "cause": nil as String?,
                "results_lost": done.resultsLost, "superseded_by": done.successor, "finished_at": done.at.milliseconds,
                "purpose": "analysis",
            ])
        case .parked(let parked):
            columns = columns.and(parked.attempts.columns)
            columns = columns.and(["reason": parked.reason, "finished_at": parked.at.milliseconds])
            columns = columns.and(Self.columns(parked.purpose))
        case .superseded(let superseded):
            columns = columns.and(["superseded_by": superseded.by, "finished_at": superseded.at.milliseconds])
        case .dropped(let dropped):
            columns = columns.and(["finished_at": dropped.at.milliseconds]).and(Self.columns(dropped.purpose))
        }
        try update("job", life.id, columns)
    }

    private static func columns(_ purpose: JobWorkflow.Purpose) -> Columns {
        ["purpose": purpose == .analysis ? "analysis" : remaking]
    }

    private func perform(_ action: JobWorkflow.Action, _ life: JobLife) throws {
        switch action {
        case .keepResults: try keepResults(of: life)
        case .enqueueDeliveries: try enqueueDeliveries(of: life.id)
        case .loseDeliveries:
            let lost = """
                SELECT outgoing.id FROM outgoing JOIN object ON object.id = outgoing.object
                WHERE outgoing.job = ? AND object.lost = 1
                """
            for delivery in try ids(lost, [life.id]) { try tell(delivery: delivery, .objectLost) }
        case .markLost(let uids):
            // An object that was exchanged since has other bytes than the job's on purpose.
            let damaged = """
                SELECT object.id FROM object JOIN job_image ON job_image.object = object.id
                WHERE job_image.job = ? AND object.sop_instance = ? AND object.sha256 = job_image.sha256
                """
            for uid in uids {
                for object in try ids(damaged, [life.id, uid.string]) { try lose(object: object) }
            }
        case .note(let note): try self.note(note, study: try studyUID(life.study))
        case .settle: try settle(life)
        }
    }

    private func settle(_ life: JobLife) throws {
        let standing = life.machine.standing(try deliveryCount(of: life.id))
        try tell(study: life.study, .settled(revision: life.machine.revision, standing, at: now))
    }

    /// The job's study hears of its deliveries.
    func settle(job id: Int64) throws { try settle(try job(id)) }

    func studyUID(_ id: Int64) throws -> String? { try row("SELECT uid FROM study WHERE id = ?", [id])?["uid"] }
}

extension Recipe {
    init(_ row: Row) {
        self.init(
            bundle: row["bundle"], settings: row["settings"], precision: row["precision"], software: row["software"])
    }
}

extension JobWorkflow.Verdict {
    /// As rows hold it.
    var name: String {
        switch self {
        case .analysed: "analysed"
        case .notAnalysable: "not analysable"
        }
    }

    var reason: String? {
        if case .notAnalysable(let reason) = self { reason } else { nil }
    }
}
