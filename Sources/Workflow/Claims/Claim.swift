/// Who holds a piece of work: a worker, and the node that answers for it. A gateway's workers have its node; a worker
/// that somebody started by hand is a node of its own.
public struct Owner: Hashable, Sendable {
    /// The same after a restart, so that a gateway that starts finds what it left, and nothing of another's.
    public var node: String
    /// No two that live have the same.
    public var worker: String

    public init(node: String, worker: String) {
        self.node = node
        self.worker = worker
    }
}

extension Owner: CustomStringConvertible {
    public var description: String { "worker \(worker) of node \(node)" }
}

/// A piece of work in somebody's hands, until a time after which it falls back unless it is renewed.
public struct Claim: Hashable, Sendable {
    public var owner: Owner
    public var renewedAt: Timestamp
    public var until: Timestamp

    public init(owner: Owner, renewedAt: Timestamp, until: Timestamp) {
        self.owner = owner
        self.renewedAt = renewedAt
        self.until = until
    }

    public init(owner: Owner, at: Timestamp, lease: Duration) {
        self.init(owner: owner, renewedAt: at, until: at.adding(lease))
    }

    /// Whether the owner has been silent for a whole lease. A claim that was renewed more than a lease from now in the
    /// future was renewed under a clock that has been put back since; its owner would have renewed it again.
    public func hasRunOut(at now: Timestamp) -> Bool {
        until < now || renewedAt > now.adding(milliseconds: max(until.milliseconds(since: renewedAt), 0))
    }
}
