import DICOMCore
import GRDB
import Workflow

/// A study's row as its machine.
struct StudyLife {
    let id: Int64
    let uid: UID
    var machine: StudyWorkflow
}

extension Lives {
    func study(_ uid: UID) throws -> StudyLife? {
        try row("SELECT * FROM study WHERE uid = ?", [uid.string]).map(study)
    }

    func knownStudy(_ uid: UID) throws -> StudyLife {
        guard let study = try study(uid) else { throw StoreError.unknown(kind: "study", name: uid.string) }
        return study
    }

    private func study(_ id: Int64) throws -> StudyLife {
        guard let row = try row("SELECT * FROM study WHERE id = ?", [id]) else {
            throw StoreError.unknown(kind: "study", name: "\(id)")
        }
        return try study(row)
    }

    private func study(_ row: Row) throws -> StudyLife {
        let id: Int64 = row["id"]
        return StudyLife(
            id: id, uid: try row.uid("uid"),
            machine: StudyWorkflow(state: try state(row, try newestRevision(of: id)), sources: Self.sources(row)))
    }

    private static func sources(_ row: Row) -> StudyWorkflow.Sources {
        if row["keeps_sources"] == 0 { return .removed }
        return row["sources_removed_at"] == nil ? .kept : .partlyRemoved
    }

    private func state(_ row: Row, _ revision: Revision?) throws -> StudyWorkflow.State {
        func needed() throws -> Revision {
            guard let revision else { throw StoreError.unreadable(column: "study.revision", value: "none") }
            return revision
        }
        let reason: String = row["reason"] ?? ""
        return switch try row.value("state", as: StudyWorkflow.State.Name.self) {
        case .receiving:
            .receiving(
                StudyWorkflow.Receiving(
                    openedAt: row.timestamp("opened_at"), lastArrival: row.timestamp("last_arrival"),
                    reason: try row.value("opening"), revision: revision))
        case .waiting: .waiting(StudyWorkflow.Waiting(try needed()))
        case .analysed: .analysed(StudyWorkflow.Analysed(try needed()))
        case .reported: .reported(StudyWorkflow.Reported(try needed()))
        case .notAnalysable: .notAnalysable(StudyWorkflow.NotAnalysable(reason: reason, revision: revision))
        case .failed: .failed(StudyWorkflow.Failed(reason: reason, revision: revision))
        }
    }

    private func newestRevision(of study: Int64) throws -> Revision? {
        guard let row = try row("SELECT * FROM job WHERE study = ? ORDER BY revision DESC LIMIT 1", [study]) else {
            return nil
        }
        let job = try job(row)
        return Revision(
            number: job.machine.revision, recipe: job.machine.recipe, madeAt: row.timestamp("created_at"),
            madeBy: row["node"], standing: job.machine.standing(try deliveryCount(of: job.id)))
    }

    /// A study of which the first object came.
    func makeStudy(_ uid: UID, first arrival: StudyWorkflow.Arrival) throws -> StudyLife {
        let time = arrival.at.milliseconds
        let machine = StudyWorkflow(first: arrival)
        try database.cachedStatement(
            sql: "INSERT INTO study (uid, state, first_arrival, opened_at, last_arrival) VALUES (?, ?, ?, ?, ?)"
        ).execute(arguments: [uid.string, machine.state.name.rawValue, time, time, time])
        return StudyLife(id: database.lastInsertedRowID, uid: uid, machine: machine)
    }

    func tell(study id: Int64, _ event: StudyWorkflow.Event) throws {
        var life = try study(id)
        try tell(&life, event)
    }

    func tell(_ life: inout StudyLife, _ event: StudyWorkflow.Event) throws {
        let before = life.machine
        let actions = try life.machine.handle(event)
        if life.machine != before { try save(life) }
        for action in actions { try perform(action, life) }
    }

    /// The study is asked for something that its state may not allow.
    /// - Returns: why not; nil when it was done.
    func ask(study id: Int64, _ event: StudyWorkflow.Event) throws -> Refusal? {
        var tried = try study(id).machine
        do throws(Refusal) {
            _ = try tried.handle(event)
        } catch {
            return error
        }
        try tell(study: id, event)
        return nil
    }

    func save(_ life: StudyLife) throws {
        var columns: Columns = [
            "state": life.machine.state.name.rawValue, "revision": life.machine.state.revision?.number ?? 0,
            "reason": nil as String?, "opening": StudyWorkflow.Opening.arrivals.rawValue,
        ]
        switch life.machine.state {
        case .receiving(let receiving):
            columns["opened_at"] = receiving.openedAt.milliseconds
            columns["last_arrival"] = receiving.lastArrival.milliseconds
            columns["opening"] = receiving.reason.rawValue
        case .notAnalysable(let state): columns["reason"] = state.reason
        case .failed(let failed): columns["reason"] = failed.reason
        case .waiting, .analysed, .reported: break
        }
        try update("study", life.id, columns)
    }

    private func perform(_ action: StudyWorkflow.Action, _ life: StudyLife) throws {
        switch action {
        // Assembly finds it in the row.
        case .open: break
        case .makeJob(let revision, _): try makeJob(revision, of: life.id)
        case .supersede(let revision, let later):
            try tell(job: try job(of: life.id, revision), .superseded(by: later, at: now))
        case .retryJob(let revision): try tell(job: try job(of: life.id, revision), .retried(at: now))
        case .loseImages(let revision, let uids):
            try tell(job: try job(of: life.id, revision), .imagesLost(uids, at: now))
        case .dropJob(let revision): try tell(job: try job(of: life.id, revision), .dropped(at: now))
        case .note(let note): try self.note(note, study: life.uid.string)
        }
    }

    /// What closing a study has to know.
    func closing(of life: StudyLife, _ recipe: Recipe, node: String) throws -> StudyWorkflow.Closing {
        let contents = try contents(
            """
            SELECT sop_instance, sha256, lost AS missing, removed_at IS NOT NULL AS removed FROM object
            WHERE study = ? AND image = 1
            """, life.id)
        var former: Contents?
        if let revision = life.machine.state.revision {
            former = try self.contents(
                "SELECT sop_instance, sha256, missing, 0 AS removed FROM job_image WHERE job = ?",
                try job(of: life.id, revision.number))
        }
        return StudyWorkflow.Closing(contents, former: former, recipe: recipe, node: node, at: now)
    }

    private func contents(_ sql: String, _ id: Int64) throws -> Contents {
        var contents = Contents(images: [:])
        for row in try rows(sql, [id]) {
            let uid = try row.uid("sop_instance")
            if row["removed"] == 1 {
                contents.removed[uid] = try row.digest("sha256")
            } else if row["missing"] == 1 {
                contents.missing.insert(uid)
            } else {
                contents.images[uid] = try row.digest("sha256")
            }
        }
        return contents
    }
}
