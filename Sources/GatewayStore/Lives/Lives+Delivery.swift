import DICOMCore
import GRDB
import Workflow

/// A delivery's row as its machine.
struct DeliveryLife {
    let id: Int64
    let job: Int64
    /// The document's object in the form in which it goes, or went.
    let object: Int64
    var machine: DeliveryWorkflow
}

extension Lives {
    func deliveryCount(of job: Int64) throws -> DeliveryCount {
        var count = DeliveryCount()
        // A note that nobody needs any more leaves nobody without a report.
        let sql = """
            SELECT state, count(*) AS number FROM outgoing
            WHERE job = ? AND NOT (kind = 'key objects' AND state = 'dropped') GROUP BY state
            """
        for row in try rows(sql, [job]) {
            switch try row.value("state", as: DeliveryWorkflow.State.Name.self) {
            case .waiting, .sending: count.waiting += row["number"]
            case .delivered: count.delivered += row["number"]
            case .dead, .dropped: count.givenUp += row["number"]
            }
        }
        return count
    }

    func delivery(_ id: Int64) throws -> DeliveryLife {
        let sql = """
            SELECT outgoing.*, object.sop_class, result.language FROM outgoing JOIN object ON object.id = outgoing.object
            LEFT JOIN result ON result.job = outgoing.job AND result.object = outgoing.object WHERE outgoing.id = ?
            """
        guard let row = try row(sql, [id]) else { throw StoreError.unknown(kind: "delivery", name: "\(id)") }
        return DeliveryLife(
            id: id, job: row["job"], object: row["object"],
            machine: DeliveryWorkflow(
                document: try Document(row), destination: row["destination"], rules: rules,
                state: try state(row, try Rendition(row))))
    }

    private func state(_ row: Row, _ rendition: Rendition) throws -> DeliveryWorkflow.State {
        switch try row.value("state", as: DeliveryWorkflow.State.Name.self) {
        case .waiting:
            .waiting(DeliveryWorkflow.Waiting(rendition: rendition, attempts: try row.attempts()))
        case .sending:
            .sending(
                DeliveryWorkflow.Sending(
                    claim: try row.neededClaim(), rendition: rendition, attempts: try row.attempts()))
        case .delivered:
            .delivered(
                DeliveryWorkflow.Delivered(
                    rendition: rendition, warning: row["reason"],
                    at: Timestamp(milliseconds: row["ended_at"] ?? 0)))
        case .dead:
            .dead(
                DeliveryWorkflow.Dead(
                    rendition: rendition, reason: row["reason"] ?? "", attempts: try row.attempts()))
        case .dropped: .dropped(DeliveryWorkflow.Dropped(rendition: rendition))
        }
    }

    func tell(delivery id: Int64, _ event: DeliveryWorkflow.Event) throws {
        var life = try delivery(id)
        let before = life.machine
        let actions = try life.machine.handle(event)
        if life.machine != before { try save(life, before.state.rendition) }
        for action in actions {
            switch action {
            case .note(let note): try self.note(note, study: try studyUID(ofJob: life.job))
            case .settle: try settle(job: life.job)
            case .callOffNotes:
                for note in try waitingNotes(on: life.object, for: life.machine.destination) {
                    try tell(delivery: note, .subjectGone)
                }
            }
        }
    }

    private func studyUID(ofJob id: Int64) throws -> String? {
        try row("SELECT uid FROM study JOIN job ON job.study = study.id WHERE job.id = ?", [id])?["uid"]
    }

    private func save(_ life: DeliveryLife, _ former: Rendition) throws {
        var columns: Columns = ["state": life.machine.state.name.rawValue].and(.of(nil))
        switch life.machine.state {
        case .waiting(let waiting): columns = columns.and(waiting.attempts.columns)
        case .sending(let sending):
            columns = columns.and(sending.attempts.columns).and(.of(sending.claim))
        case .delivered(let delivered):
            columns = columns.and([
                "reason": delivered.warning, "cause": nil as String?, "ended_at": delivered.at.milliseconds,
            ])
        case .dead(let dead):
            columns = columns.and(dead.attempts.columns)
            columns = columns.and(["reason": dead.reason, "ended_at": now.milliseconds])
        case .dropped: columns["ended_at"] = now.milliseconds
        }
        if life.machine.state.rendition != former {
            columns["object"] = try object(of: life.job, life.machine.document, life.machine.state.rendition)
        }
        try update("outgoing", life.id, columns)
    }

    /// The result object that is a document in a form.
    private func object(of job: Int64, _ document: Document, _ rendition: Rendition) throws -> Int64 {
        let made = try self.made(by: job).first { $0.document == document && $0.rendition == rendition }
        guard let made else { throw StoreError.unknown(kind: "rendition of \(document)", name: "\(rendition)") }
        return made.object
    }

    typealias Made = (document: Document, rendition: Rendition, object: Int64)

    /// What a job made, in the order in which it was made.
    private func made(by job: Int64) throws -> [Made] {
        try rows(
            """
            SELECT result.kind, result.subject, result.language, result.object, object.sop_class
            FROM result JOIN object ON object.id = result.object WHERE result.job = ? ORDER BY object.id
            """, [job]
        ).map { (try Document($0), try Rendition($0), $0["object"]) }
    }

    /// The forms in which a delivery's document was made.
    func renditions(of life: DeliveryLife) throws -> [Rendition] {
        try made(by: life.job).filter { $0.document == life.machine.document }.map(\.rendition)
    }

    /// Outbox rows for every destination; each gets every document once, in the form that it likes best.
    func enqueueDeliveries(of job: Int64) throws {
        let made = try made(by: job)
        var seen: Set<Document> = []
        let documents = made.map(\.document).filter { seen.insert($0).inserted }
        for destination in try DestinationRecord.all(in: database) where try destination.wants(job, database) {
            for kind in destination.kinds {
                for document in documents
                where try document.kind == kind && isToGo(document, of: job, to: destination) {
                    try enqueue(document, of: job, made.filter { $0.document == document }, destination)
                }
            }
        }
    }

    private func enqueue(
        _ document: Document, of job: Int64, _ made: [Made], _ destination: DestinationRecord
    ) throws {
        let delivery = DeliveryWorkflow(
            document: document, destination: destination.name, rules: rules, made: made.map(\.rendition),
            destination.preference, at: now)
        guard let delivery, let choice = made.first(where: { $0.rendition == delivery.state.rendition }) else { return }
        try database.cachedStatement(
            sql: """
                INSERT INTO outgoing (job, destination, kind, subject, object, state, next_try)
                VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (job, destination, kind, subject) DO NOTHING
                """
        ).execute(arguments: [
            job, destination.name, document.kind.rawValue, document.subject.text, choice.object,
            delivery.state.name.rawValue, now.milliseconds,
        ])
    }
}

extension Document {
    init(_ row: Row) throws {
        let subject: String = row["subject"]
        self.init(try row.value("kind"), of: subject.isEmpty ? .study : .image(try row.uid("subject")))
    }
}

extension Document.Subject {
    /// As rows hold it.
    var text: String {
        switch self {
        case .study: ""
        case .image(let uid): uid.string
        }
    }
}

extension Rendition {
    init(_ row: Row) throws {
        self.init(
            sopClass: try row.uid("sop_class"), language: (row["language"] as String?).flatMap { LanguageTag($0) })
    }
}

extension DestinationRecord {
    /// Where it does not want to hear of what can't be analysed, it does so only when it has another report of the study.
    fileprivate func wants(_ job: Int64, _ database: Database) throws -> Bool {
        if wantsNotAnalysable { return true }
        let sql = """
            SELECT this.verdict = 'analysed' OR EXISTS (
                SELECT 1 FROM outgoing JOIN job AS earlier ON earlier.id = outgoing.job
                WHERE earlier.study = this.study AND earlier.revision < this.revision AND outgoing.destination = ?
                    AND outgoing.state NOT IN ('dead', 'dropped'))
            FROM job AS this WHERE this.id = ?
            """
        return try Bool.fetchOne(database, sql: sql, arguments: [name, job]) ?? true
    }
}
