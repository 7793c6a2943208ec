import GRDB
import Workflow

// The columns that jobs, set-aside objects and deliveries share: a claim, and what became of the tries.

extension Row {
    func timestamp(_ column: String) -> Timestamp { Timestamp(milliseconds: self[column]) }

    /// Nil where nobody holds it.
    func claim() -> Claim? {
        guard let node: String = self["owner_node"], let worker: String = self["owner_worker"] else { return nil }
        return Claim(
            owner: Owner(node: node, worker: worker), renewedAt: timestamp("renewed_at"),
            until: timestamp("lease_until"))
    }

    /// - Throws: ``StoreError/unreadable(column:value:)`` where the state says that somebody holds it and nobody does.
    func neededClaim() throws -> Claim {
        guard let claim = claim() else { throw StoreError.unreadable(column: "owner_worker", value: "nobody") }
        return claim
    }

    func attempts() throws -> Attempts {
        var cause: Cause?
        if let kind = self["cause"] as String? {
            guard let known = Cause.Kind(rawValue: kind) else {
                throw StoreError.unreadable(column: "cause", value: kind)
            }
            cause = Cause(known, self["reason"] ?? "")
        }
        return Attempts(
            failures: self["failures"], unclear: self["unclear"], putOff: self["put_off"],
            nextTry: timestamp("next_try"), cause: cause)
    }
}

extension Attempts {
    var columns: Columns {
        [
            "failures": failures, "unclear": unclear, "put_off": putOff, "next_try": nextTry.milliseconds,
            "cause": cause?.kind.rawValue, "reason": cause?.text,
        ]
    }
}

extension Columns {
    /// - Parameter claim: nil where nobody holds it.
    static func of(_ claim: Claim?) -> Columns {
        [
            "owner_node": claim?.owner.node, "owner_worker": claim?.owner.worker,
            "renewed_at": claim?.renewedAt.milliseconds, "lease_until": claim?.until.milliseconds,
        ]
    }

    func and(_ other: Columns) -> Columns { merging(other) { $1 } }
}

extension Lives {
    /// Whether a claim on a row has run out.
    /// - Parameter condition: of the rows that somebody holds.
    func hasRunOut(_ table: String, where condition: String, _ arguments: StatementArguments = []) throws -> Bool {
        try rows("SELECT * FROM \(table) WHERE \(condition)", arguments)
            .contains { try $0.neededClaim().hasRunOut(at: now) }
    }

    /// What was put off is due at once: how long it waits was said by a clock, or to a node, that is no more.
    func hurry() throws {
        func late(_ table: String) throws -> [Int64] {
            try ids("SELECT id FROM \(table) WHERE state = 'waiting' AND next_try > ?", [now.milliseconds])
        }
        for id in try late("job") { try tell(job: id, .hurried(at: now)) }
        for id in try late("aside") { try tell(aside: id, .hurried(at: now)) }
        for id in try late("outgoing") { try tell(delivery: id, .hurried(at: now)) }
        for id in try late("notice") { try tell(notice: id, .hurried(at: now)) }
    }

    /// What a node, or one of its workers, holds.
    func held(_ table: String, by node: String, _ worker: String? = nil) throws -> [Int64] {
        try ids(
            "SELECT id FROM \(table) WHERE owner_node = ? AND owner_worker = ifnull(?, owner_worker)", [node, worker])
    }
}
