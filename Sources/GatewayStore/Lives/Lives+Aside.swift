import DICOMCore
import Foundation
import GRDB
import Workflow

/// A set-aside object's row as its machine.
struct AsideLife {
    let id: Int64
    let object: Int64
    var machine: AsideWorkflow
}

extension Lives {
    private func aside(_ id: Int64) throws -> AsideLife {
        guard let row = try row("SELECT * FROM aside WHERE id = ?", [id]) else {
            throw StoreError.unknown(kind: "set-aside object", name: "\(id)")
        }
        return AsideLife(id: id, object: row["object"], machine: AsideWorkflow(rules: rules, state: try state(row)))
    }

    private func state(_ row: Row) throws -> AsideWorkflow.State {
        let reason: String = row["reason"] ?? ""
        return switch try row.value("state", as: AsideWorkflow.State.Name.self) {
        case .waiting: .waiting(AsideWorkflow.Waiting(attempts: try row.attempts()))
        case .comparing:
            .comparing(AsideWorkflow.Comparing(claim: try row.neededClaim(), attempts: try row.attempts()))
        case .different: .different(AsideWorkflow.Different(reason: reason))
        case .incomparable:
            .incomparable(AsideWorkflow.Incomparable(reason: row["kept_lost"] == 1 ? .keptLost : .content(reason)))
        case .lost: .lost(AsideWorkflow.Lost(at: row.timestamp("since")))
        case .same: .same
        case .accepted: .accepted
        case .dropped: .dropped
        }
    }

    func makeAside(_ arrival: Arrival, beside object: Int64, keptIsLost: Bool) throws {
        let machine = AsideWorkflow(rules: rules, setAsideAt: now, keptIsLost: keptIsLost)
        try database.cachedStatement(
            sql: """
                INSERT INTO aside (object, transfer_syntax, path, bytes, sha256, received_at, calling_ae, association,
                    state, next_try, kept_lost, reason)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            object, arrival.transferSyntax.string, arrival.path, arrival.bytes, Data(arrival.digest.bytes),
            arrival.receivedAt.milliseconds, arrival.callingAE, arrival.association, machine.state.name.rawValue,
            now.milliseconds, keptIsLost, keptIsLost ? Self.keptLost : nil,
        ])
    }

    private static let keptLost = "the kept object's file is gone"

    func tell(aside id: Int64, _ event: AsideWorkflow.Event) throws {
        var life = try aside(id)
        let before = life.machine
        let actions = try life.machine.handle(event)
        if life.machine != before, !life.machine.state.isFinal { try save(life) }
        for action in actions {
            switch action {
            case .note(let note): try self.note(note, study: try studyUID(ofObject: life.object))
            case .remove: try remove(life)
            case .replaceKept: try replaceKept(by: life, exchanging: false)
            case .exchangeWithKept: try replaceKept(by: life, exchanging: true)
            }
        }
    }

    private func studyUID(ofObject id: Int64) throws -> String? {
        try row("SELECT uid FROM study JOIN object ON object.study = study.id WHERE object.id = ?", [id])?["uid"]
    }

    private func save(_ life: AsideLife) throws {
        var columns: Columns = ["state": life.machine.state.name.rawValue, "kept_lost": false]
            .and(.of(nil))
        switch life.machine.state {
        case .waiting(let waiting): columns = columns.and(waiting.attempts.columns)
        case .comparing(let comparing):
            columns = columns.and(comparing.attempts.columns).and(.of(comparing.claim))
        case .different(let different): columns = columns.and(["reason": different.reason, "cause": nil as String?])
        case .incomparable(let incomparable):
            columns["cause"] = nil as String?
            switch incomparable.reason {
            case .keptLost: columns = columns.and(["kept_lost": true, "reason": Self.keptLost])
            case .content(let reason): columns["reason"] = reason
            }
        case .lost(let lost):
            columns = columns.and([
                "since": lost.at.milliseconds, "reason": "its file is gone", "cause": nil as String?,
            ])
        case .same, .accepted, .dropped: break
        }
        try update("aside", life.id, columns)
    }

    private func remove(_ life: AsideLife) throws {
        if let path = try row("SELECT path FROM aside WHERE id = ?", [life.id])?["path"] as String? { remove(path) }
        try database.execute(sql: "DELETE FROM aside WHERE id = ?", arguments: [life.id])
    }

    /// The set-aside object's file becomes the kept one's. Exchanged, the kept one's becomes the set-aside object's; else
    /// that was gone, and its row goes.
    private func replaceKept(by life: AsideLife, exchanging: Bool) throws {
        guard let aside = try row("SELECT * FROM aside WHERE id = ?", [life.id]),
            let kept = try row("SELECT * FROM object WHERE id = ?", [life.object])
        else { throw StoreError.unknown(kind: "set-aside object", name: "\(life.id)") }
        func columns(_ row: Row) -> Columns {
            Columns(
                uniqueKeysWithValues: [
                    "transfer_syntax", "path", "bytes", "sha256", "received_at", "calling_ae", "association",
                ]
                .map { ($0, row[$0] as DatabaseValue) })
        }
        if exchanging {
            try update("aside", life.id, columns(kept))
        } else {
            try database.execute(sql: "DELETE FROM aside WHERE id = ?", arguments: [life.id])
            try removeUnlessNamed(kept["path"], but: aside["path"])
        }
        try update("object", life.object, columns(aside).and(["lost": 0]))
        if kept["removed_at"] != nil { try keepAgain(kept, receivedAt: aside.timestamp("received_at")) }
        try repaired(kept, by: life.id)
    }
}
