import NIOCore

/// How long each side of an association may keep the other waiting.
public struct TimeLimits: Sendable {
    /// ARTIM (PS3.8 §9.1.5): for A-ASSOCIATE-RQ after connecting, and for the peer's closing at the end.
    public var artim: Duration = .seconds(30)
    /// While it is the peer's turn: for a message to begin, for the next bytes of one that has begun, as many as `leastRate`
    /// makes of this time, and for its end.
    public var idle: Duration = .seconds(120)
    /// Bytes a second that a command or data set must bring once it has begun, on average over `idle`. A peer that sends a
    /// byte now and then would keep its association for ever otherwise.
    public var leastRate = 1024
    /// An association as a whole; nil: no limit.
    public var total: Duration?
    /// Requestor: for the connection, the answer to A-ASSOCIATE-RQ, and to A-RELEASE-RQ.
    public var establishment: Duration = .seconds(30)

    /// The defaults: 30 s for ARTIM and for establishing, 120 s of silence, 1 KiB a second, no limit on the whole.
    public init() {}
}

/// The timers of one association as values: they tell when to look again and what has run out, and are told the time.
struct AssociationTimers: Sendable {
    enum Timer: Equatable, Sendable {
        case artim, establishment, idle, total
        /// What began goes on, with fewer bytes than it must bring.
        case slow(bytes: Int, least: Int)
    }

    private let limits: TimeLimits
    private var artim: NIODeadline?
    private var establishment: NIODeadline?
    private var total: NIODeadline?
    private var lastProgress: NIODeadline?
    /// Bytes since `lastProgress` of a command, data set or PDU that has begun; nil: none has.
    private var underWay: Int?

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
        lastProgress = now
    }

    /// The peer's turn begins again. Counts from `begin` on.
    mutating func touch(_ now: NIODeadline) {
        guard lastProgress != nil else { return }
        lastProgress = now
        if underWay != nil { underWay = 0 }
    }

    /// Bytes came. Only what begins something, or brings enough of it, is progress.
    mutating func arrived(_ count: Int, _ now: NIODeadline) {
        guard let former = underWay else {
            underWay = 0
            return touch(now)
        }
        underWay = former + count
        if former + count >= leastBytes { touch(now) }
    }

    /// A command, a data set, or a PDU that carries neither came to its end.
    mutating func ended(_ now: NIODeadline) {
        underWay = nil
        touch(now)
    }

    /// The association is over; ARTIM may still run.
    mutating func end() {
        total = nil
        lastProgress = nil
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
            defer { touch(now) }
            return underWay.map { .slow(bytes: $0, least: leastBytes) } ?? .idle
        }
        return nil
    }

    private var idle: NIODeadline? { lastProgress.map { $0 + TimeAmount(limits.idle) } }

    /// What must come within `idle` of what has begun.
    private var leastBytes: Int {
        let (bytes, overflows) = Int(limits.idle.components.seconds).multipliedReportingOverflow(by: limits.leastRate)
        return overflows ? .max : max(1, bytes)
    }
}
