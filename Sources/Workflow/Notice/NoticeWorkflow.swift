/// The life of a notice on its way to one receiver. Nobody holds one while it is sent: a node that ends in the middle of it
/// sends it again, and the receiver tells by its id.
///
/// - *waiting*: delivered, dead (refused for good), dropped (by the operator). However often a receiver fails, it waits on.
/// - *dead*: waiting (retried), dropped. *dropped*: waiting (retried). *delivered*: nothing.
public struct NoticeWorkflow: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case waiting(Attempts)
        case delivered(at: Timestamp)
        case dead(reason: String, Attempts)
        case dropped

        /// As rows hold it.
        public enum Name: String, CaseIterable, Codable, Hashable, Sendable {
            case waiting, delivered, dead, dropped
        }

        public var name: Name {
            switch self {
            case .waiting: .waiting
            case .delivered: .delivered
            case .dead: .dead
            case .dropped: .dropped
            }
        }
    }

    public enum Event: Hashable, Sendable {
        /// The receiver has it.
        case accepted(at: Timestamp)
        /// It may end otherwise later.
        case failed(Cause, at: Timestamp, random: Double)
        /// It will always end like this.
        case refused(reason: String)
        /// Waits mean nothing any more: the node starts, or its clock was set.
        case hurried(at: Timestamp)
        /// By the operator.
        case retried(at: Timestamp)
        case dropped

        var name: String {
            switch self {
            case .accepted: "accepted"
            case .failed, .refused: "ended"
            case .hurried: "hurried"
            case .retried: "retried"
            case .dropped: "dropped"
            }
        }
    }

    public let receiver: String
    public let rules: RetryRules
    public private(set) var state: State

    public init(receiver: String, rules: RetryRules = RetryRules(), state: State) {
        self.receiver = receiver
        self.rules = rules
        self.state = state
    }

    /// - Returns: what to write into the record.
    public mutating func handle(_ event: Event) throws(Refusal) -> [Note] {
        switch (state, event) {
        case (.delivered, .accepted),
            (_, .hurried) where state.name != .waiting:
            return []
        case (_, .accepted(let now)) where state.name != .delivered:
            return move(.delivered(at: now), Note(.delivered, "notice to \(receiver)"))
        case (.waiting(let attempts), .failed(let cause, let now, let random)):
            var tried = attempts
            _ = tried.end(with: cause, at: now, rules, random: random)
            // A receiver that is down for a week would fill the record: the first try and the cause's changes do.
            let isNews = attempts.cause != cause
            return move(.waiting(tried), isNews ? Note(.delayed, "notice to \(receiver): \(cause)") : nil)
        case (.waiting(var attempts), .refused(let reason)):
            attempts.endForGood(with: Cause(.failed, reason))
            return move(.dead(reason: reason, attempts), Note(.refused, "notice to \(receiver): \(reason)"))
        case (.waiting(var attempts), .hurried(let now)):
            attempts.hurry(now)
            return move(.waiting(attempts), nil)
        case (.waiting, .retried(let now)): return move(.waiting(Attempts(from: now)), nil)
        case (.dead, .retried(let now)), (.dropped, .retried(let now)):
            return move(.waiting(Attempts(from: now)), Note(.retried, "notice to \(receiver)"))
        case (.waiting, .dropped), (.dead, .dropped): return move(.dropped, Note(.dropped, "notice to \(receiver)"))
        default:
            throw Refusal(
                .state, event: event.name, subject: "the notice to \(receiver)", state: state.name.rawValue,
                advice: state.name == .delivered ? "the receiver has it" : "retry it")
        }
    }

    private mutating func move(_ next: State, _ note: Note?) -> [Note] {
        state = next
        return [note].compactMap(\.self)
    }
}
