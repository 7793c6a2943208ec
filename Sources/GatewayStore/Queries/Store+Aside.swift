import DICOMCore
public import Foundation
import GRDB
public import Workflow

extension Store {
    /// Takes one set-aside object to compare; nil when none is due.
    public func claimAside(by owner: Owner, lease: TimeInterval) throws -> AsideObject? {
        let isAnything = try look { try $0.hasRunOut("aside", where: "state = 'comparing'") || dueAside($0) != nil }
        guard isAnything else { return nil }
        return try live { lives in
            try sweepAsides(lives)
            guard let id = try dueAside(lives) else { return nil }
            try lives.tell(aside: id, .claimed(Claim(owner: owner, at: lives.now, lease: .seconds(lease))))
            return try asides(where: "aside.id = ?", [id], in: lives.database).first
        }
    }

    private func dueAside(_ lives: Lives) throws -> Int64? {
        try lives.ids(
            "SELECT id FROM aside WHERE state = 'waiting' AND (next_try <= ? OR next_try > ?) ORDER BY id LIMIT 1",
            lives.due
        ).first
    }

    /// Writes down the verdict. Equal content is the same object: the bytes aside go, the kept ones stay.
    public func settle(aside id: Int64, by owner: Owner, _ comparison: AsideWorkflow.Comparison) throws {
        try live { try $0.tell(aside: id, .compared(by: owner, comparison)) }
    }

    /// Says that the worker still compares.
    public func renewClaim(onAside id: Int64, by owner: Owner, lease: TimeInterval) throws {
        try live { lives in
            let until = lives.now.adding(.seconds(lease))
            try lives.tell(aside: id, .renewed(by: owner, at: lives.now, until: until))
        }
    }

    /// Why the kept object's file can't be read now; nil when it is what came.
    public func passingFault(ofKept aside: AsideObject) -> Cause? {
        let kept = aside.kept
        guard case .unreadable(let cause)? = FileCheck.fault(of: kept.file, bytes: kept.bytes, digest: kept.digest)
        else {
            return nil
        }
        return cause
    }

    /// Comparing ended without a verdict.
    public func fail(aside id: Int64, by owner: Owner, _ cause: Cause) throws {
        try live { try $0.tell(aside: id, .failed(by: owner, cause, at: $0.now, random: $0.random)) }
    }

    private func sweepAsides(_ lives: Lives) throws {
        for id in try lives.ids("SELECT id FROM aside WHERE state = 'comparing'", []) {
            try lives.tell(aside: id, .swept(at: lives.now, clockJumped: false, random: lives.random))
        }
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

extension Lives {
    /// The two limits of a next try that is due: not after now, or further away than any wait (set under a clock that has
    /// since been put back).
    var due: StatementArguments { [now.milliseconds, now.adding(rules.backoff.longest).milliseconds] }
}
