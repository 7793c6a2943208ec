/// The life of a document on its way to one destination. A table from state and event to actions and next state.
///
/// - *waiting*: sending (claimed), dropped (by the operator, or because the object that it is about does not come), dead
///   (its file is gone for good).
/// - *sending*: delivered, waiting (it may end otherwise later, or goes as another rendition), dead (refused, or there
///   is no further rendition). However often a destination fails, the delivery waits on.
/// - Every state: delivered, as soon as anybody reports that the destination accepted it. That is a fact, whatever was
///   decided meanwhile and whoever held the claim.
/// - *dead*: waiting (retried), dropped. *dropped*: waiting (retried). *delivered*: nothing; nothing is sent twice.
public struct DeliveryWorkflow: Hashable, Sendable {
    public let document: Document
    public let destination: String
    public let rules: RetryRules
    public private(set) var state: State

    public init(document: Document, destination: String, rules: RetryRules = RetryRules(), state: State) {
        self.document = document
        self.destination = destination
        self.rules = rules
        self.state = state
    }

    /// A document that was just made, in the form that the destination likes best.
    /// - Returns: nil when it was made in none.
    public init?(
        document: Document, destination: String, rules: RetryRules = RetryRules(), made: [Rendition],
        _ preference: RenditionPreference, at now: Timestamp
    ) {
        guard let rendition = preference.order(made).first else { return nil }
        self.init(
            document: document, destination: destination, rules: rules,
            state: .waiting(Waiting(rendition: rendition, attempts: Attempts(from: now))))
    }

    public mutating func handle(_ event: Event) throws(Refusal) -> [Action] {
        switch (state, event) {
        case (.delivered, _): return try handleDelivered(event)
        case (_, .accepted(let rendition, let warning, let now)):
            return move(
                .delivered(Delivered(rendition: rendition, warning: warning, at: now)),
                [note(.delivered, warning), .settle])
        case (.waiting(let waiting), _): return try handle(event, waiting)
        case (.sending(let sending), _): return try handle(event, sending)
        case (.dead(let dead), _): return try handleEnded(event, dead.rendition, mayDrop: true)
        case (.dropped(let dropped), _): return try handleEnded(event, dropped.rendition, mayDrop: false)
        }
    }

    // MARK: Waiting

    private mutating func handle(_ event: Event, _ waiting: Waiting) throws(Refusal) -> [Action] {
        switch event {
        case .claimed(let claim, let subject):
            guard subject == .there else { throw refusal(.subject, event) }
            guard waiting.attempts.isDue(at: claim.renewedAt, rules) else {
                throw refusal(.notDue(waiting.attempts.nextTry), event)
            }
            return move(
                .sending(Sending(claim: claim, rendition: waiting.rendition, attempts: waiting.attempts)), [])
        case .destinationRemoved:
            var waiting = waiting
            waiting.attempts.note(
                Cause(.destination, "no destination has this name any more; configure one, or drop this"))
            return move(.waiting(waiting), [])
        case .objectLost:
            let reason = "its file is gone and is not made again; a later revision takes its place"
            return die(waiting.rendition, waiting.attempts, reason)
        case .subjectGone: return drop(waiting.rendition, "the destination does not get what it is about")
        case .retried(let now, let subject, _): return try tryAgain(waiting.rendition, event, subject, at: now)
        case .dropped: return drop(waiting.rendition, nil)
        case .hurried(let now):
            var waiting = waiting
            waiting.attempts.hurry(now)
            return move(.waiting(waiting), [])
        case .nodeStarted, .swept, .accepted: return []
        case .renewed, .failed, .classNotTaken, .refused, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Sending

    private mutating func handle(_ event: Event, _ sending: Sending) throws(Refusal) -> [Action] {
        switch event {
        case .renewed(let owner, let now, let until):
            try check(event, owner, holds: sending.claim)
            var sending = sending
            sending.claim = Claim(owner: owner, renewedAt: now, until: until)
            return move(.sending(sending), [])
        case .failed(let owner, let cause, let now, let random):
            try check(event, owner, holds: sending.claim)
            return end(sending, cause, at: now, random: random)
        case .classNotTaken(let owner, let reason, let made, let preference, let now):
            try check(event, owner, holds: sending.claim)
            return fallBack(sending, reason, made, preference, at: now)
        case .refused(let owner, let reason):
            try check(event, owner, holds: sending.claim)
            return refuse(sending, reason)
        case .released(let owner, let now):
            try check(event, owner, holds: sending.claim)
            var attempts = sending.attempts
            attempts.hurry(now)
            return move(.waiting(Waiting(rendition: sending.rendition, attempts: attempts)), [])
        case .nodeStarted(let node, let now, let random):
            guard sending.claim.owner.node == node else { return [] }
            return end(sending, Cause(.nodeEnded, "the node ended while it was sent"), at: now, random: random)
        case .swept(let now, let clockJumped, let random):
            guard sending.claim.hasRunOut(at: now) else { return [] }
            let cause = Cause(clockJumped ? .clockJump : .silent, "its sender was not heard of")
            return end(sending, cause, at: now, random: random)
        case .hurried, .destinationRemoved, .objectLost, .subjectGone, .accepted: return []
        case .claimed: throw refusal(.claimLost(holder: sending.claim.owner), event)
        case .retried, .dropped: throw refusal(.state, event, "wait until the try has ended")
        }
    }

    // MARK: Dead, dropped, delivered

    private mutating func handleEnded(
        _ event: Event, _ rendition: Rendition, mayDrop: Bool
    ) throws(Refusal) -> [Action] {
        switch event {
        case .retried(_, _, fileRemoved: true): throw refusal(.removed, event, "force the study to make a new one")
        case .retried(let now, let subject, _): return try tryAgain(rendition, event, subject, at: now)
        case .dropped where mayDrop: return drop(rendition, nil)
        case .nodeStarted, .swept, .hurried, .destinationRemoved, .objectLost, .subjectGone, .accepted: return []
        case .claimed, .dropped: throw refusal(.state, event, "retry it")
        case .renewed, .failed, .classNotTaken, .refused, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    private func handleDelivered(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .accepted, .nodeStarted, .swept, .hurried, .destinationRemoved, .objectLost, .subjectGone: return []
        case .claimed, .retried, .dropped: throw refusal(.state, event, "the destination has it")
        case .renewed, .failed, .classNotTaken, .refused, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Ends

    private mutating func end(_ sending: Sending, _ cause: Cause, at now: Timestamp, random: Double) -> [Action] {
        var attempts = sending.attempts
        _ = attempts.end(with: cause, at: now, rules, random: random)
        // A destination that is down for a week would fill the record: the first try and the cause's changes do.
        let isNews = sending.attempts.cause != cause
        return move(
            .waiting(Waiting(rendition: sending.rendition, attempts: attempts)),
            isNews ? [note(.delayed, "\(cause)")] : [])
    }

    private mutating func fallBack(
        _ sending: Sending, _ reason: String, _ made: [Rendition], _ preference: RenditionPreference,
        at now: Timestamp
    ) -> [Action] {
        guard let next = preference.next(after: sending.rendition, among: made) else { return refuse(sending, reason) }
        return move(
            .waiting(Waiting(rendition: next, attempts: Attempts(from: now))),
            [note(.fellBack, "as \(next), because \(reason)"), .callOffNotes])
    }

    private mutating func refuse(_ sending: Sending, _ reason: String) -> [Action] {
        var attempts = sending.attempts
        attempts.endForGood(with: Cause(.failed, reason))
        return die(sending.rendition, attempts, reason)
    }

    private mutating func die(_ rendition: Rendition, _ attempts: Attempts, _ reason: String) -> [Action] {
        move(
            .dead(Dead(rendition: rendition, reason: reason, attempts: attempts)),
            [note(.refused, reason), .settle, .callOffNotes])
    }

    private mutating func drop(_ rendition: Rendition, _ reason: String?) -> [Action] {
        move(.dropped(Dropped(rendition: rendition)), [note(.dropped, reason), .settle, .callOffNotes])
    }

    private mutating func tryAgain(
        _ rendition: Rendition, _ event: Event, _ subject: Subject, at now: Timestamp
    ) throws(Refusal) -> [Action] {
        guard subject != .gone else { throw refusal(.subject, event, "retry that first") }
        return move(
            .waiting(Waiting(rendition: rendition, attempts: Attempts(from: now))), [note(.retried, nil), .settle])
    }

    private func check(_ event: Event, _ owner: Owner, holds claim: Claim) throws(Refusal) {
        guard owner == claim.owner else { throw refusal(.claimLost(holder: claim.owner), event) }
    }

    private func note(_ kind: Note.Kind, _ text: String?) -> Action {
        .note(Note(kind, "\(document) to \(destination)" + (text.map { ": \($0)" } ?? "")))
    }

    private func refusal(_ reason: Refusal.Reason, _ event: Event, _ advice: String = "") -> Refusal {
        Refusal(
            reason, event: event.name, subject: "the \(document) for \(destination)", state: state.name.rawValue,
            advice: advice)
    }

    private mutating func move(_ next: State, _ actions: [Action]) -> [Action] {
        state = next
        return actions
    }
}
