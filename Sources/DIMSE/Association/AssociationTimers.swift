import NIOCore

/// How long each side of an association may keep the other waiting.
public struct TimeLimits: Sendable {
    /// ARTIM (PS3.8 §9.1.5): for A-ASSOCIATE-RQ after connecting, and for the peer's closing at the end.
    public var artim: Duration = .seconds(30)
    /// Nothing arrives and nothing is sent while it is the peer's turn.
    public var idle: Duration = .seconds(120)
    /// An association as a whole; nil: no limit.
    public var total: Duration?
    /// Requestor: for the connection, the answer to A-ASSOCIATE-RQ, and to A-RELEASE-RQ.
    public var establishment: Duration = .seconds(30)

    public init() {}
}

/// The timers of one association as values: they tell when to look again and what has run out, and are told the time.
struct AssociationTimers: Sendable {
    enum Timer: Sendable { case artim, establishment, idle, total }

    private let limits: TimeLimits
    private var artim: NIODeadline?
    private var establishment: NIODeadline?
    private var total: NIODeadline?
    private var lastActivity: NIODeadline?

    init(limits: TimeLimits) {
        self.limits = limits
    }

    mutating func startARTIM(_ now: NIODeadline) { artim = now + TimeAmount(limits.artim) }
    mutating func stopARTIM() { artim = nil }
    mutating func startEstablishment(_ now: NIODeadline) { establishment = now + TimeAmount(limits.establishment) }
    mutating func stopEstablishment() { establishment = nil }

    /// The association is established.
    mutating func begin(_ now: NIODeadline) {
        total = limits.total.map { now + TimeAmount($0) }
        lastActivity = now
    }

    /// Bytes came or went. Counts from `begin` on.
    mutating func touch(_ now: NIODeadline) {
        if lastActivity != nil { lastActivity = now }
    }

    /// The association is over; ARTIM may still run.
    mutating func end() {
        total = nil
        lastActivity = nil
        establishment = nil
    }

    /// When to call `expired` next; nil: nothing runs.
    var next: NIODeadline? {
        [artim, establishment, total, idle].compactMap { $0 }.min()
    }

    /// What has run out; it is stopped by being told.
    mutating func expired(_ now: NIODeadline) -> Timer? {
        if let artim, artim <= now {
            self.artim = nil
            return .artim
        }
        if let establishment, establishment <= now {
            self.establishment = nil
            return .establishment
        }
        if let total, total <= now {
            self.total = nil
            return .total
        }
        if let idle, idle <= now {
            lastActivity = now
            return .idle
        }
        return nil
    }

    private var idle: NIODeadline? { lastActivity.map { $0 + TimeAmount(limits.idle) } }
}
