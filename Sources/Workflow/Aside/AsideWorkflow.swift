/// The life of an object whose SOP Instance UID was taken by other bytes. A table from state and event to actions and
/// next state.
///
/// - *waiting*: comparing, or incomparable (the kept one's file is gone).
/// - *comparing*: same, different, incomparable, or waiting (the try ended, or the kept one changed: a verdict about
///   its former bytes is not taken).
/// - *different*, *incomparable*: waiting (to be compared again).
/// - Each of these four: lost (its file is gone), accepted or dropped (by the operator). So the good copy can always be
///   put in the place of a kept one that is gone. Where the kept one is there, the two change places.
/// - *lost*: waiting (it was sent again), or dropped.
/// - *same*, *accepted*, *dropped*: nothing; the row goes.
public struct AsideWorkflow: Hashable, Sendable {
    public let rules: RetryRules
    public private(set) var state: State

    public init(rules: RetryRules = RetryRules(), state: State) {
        self.rules = rules
        self.state = state
    }

    /// An object that was just set aside.
    /// - Parameter keptIsLost: there is nothing to compare it with.
    public init(rules: RetryRules = RetryRules(), setAsideAt now: Timestamp, keptIsLost: Bool) {
        self.init(
            rules: rules,
            state: keptIsLost
                ? .incomparable(Incomparable(reason: .keptLost)) : .waiting(Waiting(attempts: Attempts(from: now))))
    }

    public mutating func handle(_ event: Event) throws(Refusal) -> [Action] {
        switch state {
        case .waiting(let waiting): try handle(event, waiting)
        case .comparing(let comparing): try handle(event, comparing)
        case .different: try handleStuck(event)
        case .incomparable(let incomparable): try handle(event, incomparable)
        case .lost: try handleLost(event)
        case .same, .accepted, .dropped: try handleFinal(event)
        }
    }

    // MARK: Waiting

    private mutating func handle(_ event: Event, _ waiting: Waiting) throws(Refusal) -> [Action] {
        switch event {
        case .claimed(let claim):
            guard waiting.attempts.isDue(at: claim.renewedAt, rules) else {
                throw refusal(.notDue(waiting.attempts.nextTry), event)
            }
            return move(.comparing(Comparing(claim: claim, attempts: waiting.attempts)))
        case .keptLost: return loseKept()
        case .retried(let now): return move(.waiting(Waiting(attempts: Attempts(from: now))))
        case .hurried(let now):
            var waiting = waiting
            waiting.attempts.hurry(now)
            return move(.waiting(waiting))
        case .nodeStarted, .swept, .keptChanged: return []
        case .renewed, .compared, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        case .fileLost, .repaired, .accepted, .dropped: return try handleAnywhere(event)
        }
    }

    // MARK: Comparing

    private mutating func handle(_ event: Event, _ comparing: Comparing) throws(Refusal) -> [Action] {
        switch event {
        case .renewed(let owner, let now, let until):
            try check(event, owner, holds: comparing.claim)
            let claim = Claim(owner: owner, renewedAt: now, until: until)
            return move(.comparing(Comparing(claim: claim, attempts: comparing.attempts)))
        case .compared(let owner, let comparison):
            try check(event, owner, holds: comparing.claim)
            return settle(comparison)
        case .failed(let owner, let cause, let now, let random):
            try check(event, owner, holds: comparing.claim)
            return end(comparing.attempts, cause, at: now, random: random)
        case .released(let owner, let now):
            try check(event, owner, holds: comparing.claim)
            var attempts = comparing.attempts
            attempts.hurry(now)
            return move(.waiting(Waiting(attempts: attempts)))
        case .nodeStarted(let node, let now, let random):
            guard comparing.claim.owner.node == node else { return [] }
            let cause = Cause(.nodeEnded, "the node ended while it was compared")
            return end(comparing.attempts, cause, at: now, random: random)
        case .swept(let now, let clockJumped, let random):
            guard comparing.claim.hasRunOut(at: now) else { return [] }
            let cause = Cause(clockJumped ? .clockJump : .silent, "its worker was not heard of")
            return end(comparing.attempts, cause, at: now, random: random)
        case .keptLost: return loseKept()
        case .keptChanged(let now): return move(.waiting(Waiting(attempts: Attempts(from: now))))
        case .hurried: return []
        case .claimed: throw refusal(.claimLost(holder: comparing.claim.owner), event)
        case .retried: throw refusal(.state, event)
        case .fileLost, .repaired, .accepted, .dropped: return try handleAnywhere(event)
        }
    }

    // MARK: Different, incomparable

    private mutating func handle(_ event: Event, _ incomparable: Incomparable) throws(Refusal) -> [Action] {
        if case .retried = event, incomparable.reason == .keptLost {
            throw refusal(.state, event, "there is nothing to compare it with; accept or drop it")
        }
        return try handleStuck(event)
    }

    private mutating func handleStuck(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .keptLost: return loseKept()
        case .retried(let now), .keptChanged(let now):
            return move(.waiting(Waiting(attempts: Attempts(from: now))))
        case .nodeStarted, .swept, .hurried: return []
        case .claimed: throw refusal(.state, event, "accept, retry or drop it")
        case .renewed, .compared, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        case .fileLost, .repaired, .accepted, .dropped: return try handleAnywhere(event)
        }
    }

    // MARK: Lost

    private mutating func handleLost(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .repaired(let now):
            return move(
                .waiting(Waiting(attempts: Attempts(from: now))),
                [.note(Note(.recovered, "a set-aside object whose file was gone came again"))])
        case .dropped: return try handleAnywhere(event)
        case .nodeStarted, .swept, .hurried, .keptLost, .keptChanged, .fileLost: return []
        case .claimed, .accepted, .retried: throw refusal(.state, event, "its file is gone; send it again, or drop it")
        case .renewed, .compared, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Everywhere

    /// What may happen to it in every state in which its file is there.
    private mutating func handleAnywhere(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .fileLost(let now):
            move(.lost(Lost(at: now)), [.note(Note(.lost, "the file of a set-aside object is gone or damaged"))])
        case .accepted(let keptIsThere): accept(keptIsThere)
        case .dropped: move(.dropped, [.remove, .note(Note(.dropped, "set-aside object, by the operator"))])
        default: []
        }
    }

    private mutating func accept(_ keptIsThere: Bool) -> [Action] {
        let note = Action.note(Note(.accepted, "the set-aside object takes the kept one's place, by the operator"))
        guard keptIsThere else { return move(.accepted, [.replaceKept, note]) }
        let reason = "it was kept until the operator put another object in its place"
        return move(.different(Different(reason: reason)), [.exchangeWithKept, note])
    }

    private func handleFinal(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .nodeStarted, .swept, .hurried, .keptLost, .keptChanged, .fileLost, .repaired: return []
        case .claimed, .accepted, .retried, .dropped: throw refusal(.state, event)
        case .renewed, .compared, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    private mutating func settle(_ comparison: Comparison) -> [Action] {
        switch comparison {
        case .equal:
            move(.same, [.remove, .note(Note(.compared, "has equal content: it is the same object"))])
        case .different(let why):
            move(
                .different(Different(reason: why)), [.note(Note(.compared, "differs and stays aside: \(why)"))])
        case .incomparable(let why):
            move(
                .incomparable(Incomparable(reason: .content(why))),
                [.note(Note(.compared, "can't be compared and stays aside: \(why)"))])
        }
    }

    private mutating func loseKept() -> [Action] { move(.incomparable(Incomparable(reason: .keptLost))) }

    private mutating func end(
        _ attempts: Attempts, _ cause: Cause, at now: Timestamp, random: Double
    ) -> [Action] {
        var attempts = attempts
        let isLast = attempts.end(with: cause, at: now, rules, random: random)
        return isLast ? settle(.incomparable("\(cause)")) : move(.waiting(Waiting(attempts: attempts)))
    }

    private func check(_ event: Event, _ owner: Owner, holds claim: Claim) throws(Refusal) {
        guard owner == claim.owner else { throw refusal(.claimLost(holder: claim.owner), event) }
    }

    private func refusal(_ reason: Refusal.Reason, _ event: Event, _ advice: String = "") -> Refusal {
        Refusal(reason, event: event.name, subject: "the set-aside object", state: state.name.rawValue, advice: advice)
    }

    private mutating func move(_ next: State, _ actions: [Action] = []) -> [Action] {
        state = next
        return actions
    }
}
