import DICOMCore
import GRDB
import Workflow

/// Notes on superseded results: each goes where the object that it is about went before it, and nowhere else.
extension Lives {
    /// Whether a destination that asks for the kind gets the document. A note goes to who has or will have the object that
    /// it is about, once: the revisions after it have nothing else to say about that object.
    func isToGo(_ document: Document, of job: Int64, to destination: DestinationRecord) throws -> Bool {
        try subject(of: document, for: destination.name) != .gone
            && liveNotes(document, of: job, for: destination.name).isEmpty
    }

    /// Where the object that a document is about stands with the document's destination.
    func subject(of document: Document, for destination: String) throws -> DeliveryWorkflow.Subject {
        guard document.kind == .keyObjects, case .image(let uid) = document.subject else { return .there }
        let sql = """
            SELECT outgoing.state FROM object JOIN outgoing ON outgoing.object = object.id
            WHERE object.sop_instance = ? AND outgoing.destination = ?
            """
        guard let row = try row(sql, [uid.string, destination]) else { return .gone }
        return switch try row.value("state", as: DeliveryWorkflow.State.Name.self) {
        case .waiting, .sending: .coming
        case .delivered: .there
        case .dead, .dropped: .gone
        }
    }

    /// Those of other revisions.
    private func liveNotes(_ document: Document, of job: Int64, for destination: String) throws -> [Int64] {
        guard document.kind == .keyObjects, document.subject != .study else { return [] }
        return try ids(
            """
            SELECT note.id FROM job AS this JOIN job AS other ON other.study = this.study AND other.id <> this.id
                JOIN outgoing AS note ON note.job = other.id
            WHERE this.id = ? AND note.destination = ? AND note.kind = 'key objects' AND note.subject = ?
                AND note.state NOT IN ('dead', 'dropped')
            """, [job, destination, document.subject.text])
    }

    func waitingNotes(on object: Int64, for destination: String) throws -> [Int64] {
        try ids(
            """
            SELECT note.id FROM object JOIN job ON job.study = object.study JOIN outgoing AS note ON note.job = job.id
            WHERE object.id = ? AND note.destination = ? AND note.kind = 'key objects'
                AND note.subject = object.sop_instance AND note.state = 'waiting' ORDER BY note.id
            """, [object, destination])
    }

    func retry(delivery id: Int64) throws {
        let life = try delivery(id)
        let subject = try subject(of: life.machine.document, for: life.machine.destination)
        let isRemoved = try row("SELECT removed_at FROM object WHERE id = ?", [life.object])?["removed_at"] != nil
        try tell(delivery: id, .retried(at: now, about: subject, fileRemoved: isRemoved))
    }
}
