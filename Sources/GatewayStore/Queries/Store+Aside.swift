import DICOMCore
public import Foundation
import GRDB

/// What comparing two objects by content led to.
public enum Comparison: Hashable, Sendable {
    case equal
    /// What differs, in words that name no patient.
    case different(String)
    case incomparable(String)
}

extension Store {
    /// Takes one set-aside object to compare; nil when none waits. Three workers that die over it make it
    /// incomparable.
    public func claimAside(worker: String, lease: TimeInterval) throws -> AsideObject? {
        try write { database in
            let time = now()
            let id = try Int64.fetchOne(
                database,
                sql: """
                    SELECT id FROM aside WHERE state = 'waiting' AND (worker IS NULL OR lease_until < ?)
                    ORDER BY id LIMIT 1
                    """, arguments: [time.milliseconds])
            guard let id else { return nil }
            try database.execute(
                sql: "UPDATE aside SET worker = ?, lease_until = ?, tries = tries + 1 WHERE id = ?",
                arguments: [worker, time.addingTimeInterval(lease).milliseconds, id])
            return try asides(where: "aside.id = ?", [id], in: database).first
        }
    }

    /// Writes down the verdict. Equal content is the same object: the bytes aside go, the kept ones stay.
    public func settle(aside: AsideObject, _ comparison: Comparison) throws {
        let path = try write { database -> String? in
            guard
                let path = try String.fetchOne(
                    database, sql: "SELECT path FROM aside WHERE id = ?", arguments: [aside.id])
            else { return nil }
            let text: String
            switch comparison {
            case .equal:
                try database.execute(sql: "DELETE FROM aside WHERE id = ?", arguments: [aside.id])
                text = "has equal content: it is the same object"
            case .different(let why):
                try mark(aside.id, .different, why, in: database)
                text = "differs and stays aside: \(why)"
            case .incomparable(let why):
                try mark(aside.id, .incomparable, why, in: database)
                text = "can't be compared and stays aside: \(why)"
            }
            try database.note(
                .compared, at: now(), study: aside.kept.study.string,
                "\(aside.sopInstance) from \(aside.callingAE) \(text)")
            return comparison == .equal ? path : nil
        }
        if let path { try files.remove(layout.absolute(path)) }
    }

    func releaseAsides(of worker: String, reason: String, in database: Database) throws {
        try database.execute(
            sql: """
                UPDATE aside SET worker = NULL, lease_until = NULL,
                    state = iif(tries >= ?, 'incomparable', state), reason = iif(tries >= ?, ?, reason)
                WHERE worker = ? AND state = 'waiting'
                """, arguments: [Self.tries, Self.tries, reason, worker])
    }

    private func mark(_ id: Int64, _ state: AsideObject.State, _ reason: String, in database: Database) throws {
        try database.execute(
            sql: "UPDATE aside SET state = ?, reason = ?, worker = NULL, lease_until = NULL WHERE id = ?",
            arguments: [state.rawValue, reason, id])
    }

    /// All set-aside objects, newest first.
    public func asideObjects() throws -> [AsideObject] {
        try read { try asides(where: "1", [], in: $0) }
    }

    private func asides(
        where condition: String, _ arguments: StatementArguments, in database: Database
    ) throws -> [AsideObject] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT \(StoredObject.columns), aside.id AS aside_id, aside.transfer_syntax AS aside_syntax,
                    aside.state AS aside_state, aside.reason AS aside_reason, aside.path AS aside_path,
                    aside.received_at AS aside_received, aside.calling_ae AS aside_ae
                FROM aside JOIN object ON object.id = aside.object JOIN study ON study.id = object.study
                WHERE \(condition) ORDER BY aside.id DESC
                """, arguments: arguments
        ).map { row in
            let kept = try StoredObject(row, layout: layout)
            return AsideObject(
                id: row["aside_id"], sopInstance: kept.sopInstance, transferSyntax: try row.uid("aside_syntax"),
                state: try row.value("aside_state"), reason: row["aside_reason"], file: layout.url(row["aside_path"]),
                kept: kept, receivedAt: row.date("aside_received"), callingAE: row["aside_ae"])
        }
    }
}
