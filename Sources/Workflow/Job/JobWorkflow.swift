/// The life of a job: one revision of a study, to be analysed by one recipe. A table from state and event to actions
/// and next state; it holds no database, no clock and no files.
///
/// What each state may become, and by what:
///
/// - *waiting*: running (a worker with its recipe claims it), done (a worker that lost its claim to a restart hands in
///   its result after all), superseded, dropped, parked (an image of it is lost).
/// - *running*: done (handed in), waiting (the try ended, or was given back), parked (that was the last try, or what
///   came of it can't be kept), superseded (the try ended and a later revision is there).
/// - *done*: waiting (a result file is lost and the node's workers can make it again). Nothing else; where they can't,
///   or where a later revision is there, it stays done and says that its results are lost.
/// - *parked*: waiting (retried: by the operator, or because the study was closed again with nothing new), dropped (by
///   the operator), superseded (by a later revision). Nothing else.
/// - *dropped*: waiting (retried), superseded.
/// - *superseded*: nothing.
public struct JobWorkflow: Hashable, Sendable {
    /// Counts within the study, from 1.
    public let revision: Int
    public let recipe: Recipe
    public let rules: RetryRules
    public private(set) var state: State

    public init(revision: Int, recipe: Recipe, rules: RetryRules = RetryRules(), state: State) {
        self.revision = revision
        self.recipe = recipe
        self.rules = rules
        self.state = state
    }

    /// A job that was just made.
    public init(revision: Int, recipe: Recipe, rules: RetryRules = RetryRules(), madeAt now: Timestamp) {
        self.init(
            revision: revision, recipe: recipe, rules: rules, state: .waiting(Waiting(attempts: Attempts(from: now))))
    }

    public mutating func handle(_ event: Event) throws(Refusal) -> [Action] {
        switch state {
        case .waiting(let waiting): try handle(event, waiting)
        case .running(let running): try handle(event, running)
        case .done(let done): try handle(event, done)
        case .parked(let parked): try handle(event, parked)
        case .superseded: try handleSuperseded(event)
        case .dropped(let dropped): try handle(event, dropped)
        }
    }

    // MARK: Waiting

    private mutating func handle(_ event: Event, _ waiting: Waiting) throws(Refusal) -> [Action] {
        switch event {
        case .claimed(let claim, let workers, let studyIsBusy):
            try check(event, workers, studyIsBusy, waiting, at: claim.renewedAt)
            return move(
                .running(Running(claim: claim, attempts: waiting.attempts, purpose: waiting.purpose)),
                [.settle])
        case .finished(_, let handIn, let now, let random):
            // Its claim ran out or was taken back, and nobody has claimed it since. The same recipe makes the same
            // bytes, so what is finished is not thrown away for having waited on a locked database.
            let attempt = Attempt(waiting.attempts, waiting.purpose)
            return try finish(event, attempt, handIn, at: now, random: random)
        case .superseded(let revision, let now): return try supersede(event, waiting.purpose, by: revision, at: now)
        case .imagesLost(let uids, let now):
            return park(Attempt(waiting.attempts, waiting.purpose), Self.reason(lost: uids), .lost, at: now)
        case .retried(let now):
            return move(.waiting(Waiting(attempts: Attempts(from: now), purpose: waiting.purpose)), [])
        case .dropped(let now): return drop(waiting.purpose, at: now)
        case .hurried(let now):
            var waiting = waiting
            waiting.attempts.hurry(now)
            return move(.waiting(waiting), [])
        case .nodeStarted, .swept, .resultLost: return []
        case .renewed, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    private func check(
        _ event: Event, _ workers: Recipe, _ studyIsBusy: Bool, _ waiting: Waiting, at now: Timestamp
    ) throws(Refusal) {
        let differences = recipe.differences(from: workers)
        if !differences.isEmpty {
            throw refusal(.otherRecipe(differences), event, "start a worker with the job's, or close the study again")
        }
        if studyIsBusy { throw refusal(.studyBusy, event) }
        if !waiting.attempts.isDue(at: now, rules) { throw refusal(.notDue(waiting.attempts.nextTry), event) }
    }

    // MARK: Running

    private mutating func handle(_ event: Event, _ running: Running) throws(Refusal) -> [Action] {
        let attempt = Attempt(running.attempts, running.purpose, running.successor)
        switch event {
        case .renewed(let owner, let now, let until):
            try check(event, owner, holds: running.claim)
            var running = running
            running.claim = Claim(owner: owner, renewedAt: now, until: until)
            return move(.running(running), [])
        case .finished(let owner, let handIn, let now, let random):
            // A claim whose time is over is its owner's until somebody takes it: a late result is as good.
            try check(event, owner, holds: running.claim)
            return try finish(event, attempt, handIn, at: now, random: random)
        case .failed(let owner, let cause, let now, let random):
            try check(event, owner, holds: running.claim)
            return end(attempt, cause, at: now, random: random)
        case .released(let owner, let now):
            try check(event, owner, holds: running.claim)
            return giveBack(attempt, at: now)
        case .nodeStarted(let node, let now, let random):
            guard running.claim.owner.node == node else { return [] }
            return end(attempt, Cause(.nodeEnded, "the node ended in the middle of it"), at: now, random: random)
        case .swept(let now, let clockJumped, let random):
            guard running.claim.hasRunOut(at: now) else { return [] }
            let cause =
                clockJumped
                ? Cause(.clockJump, "the clock was set while it ran") : Cause(.silent, "its worker fell silent")
            return end(attempt, cause, at: now, random: random)
        case .superseded(let revision, _):
            try check(event, follows: revision)
            var running = running
            running.successor = max(revision, running.successor ?? 0)
            return move(.running(running), [])
        case .hurried: return []
        case .imagesLost, .resultLost:
            // The worker sees for itself whether it could read what it needed.
            return []
        case .claimed: throw refusal(.claimLost(holder: running.claim.owner), event)
        case .retried, .dropped: throw refusal(.state, event, "wait until the try has ended, or stop the worker")
        }
    }

    // MARK: Done

    private mutating func handle(_ event: Event, _ done: Done) throws(Refusal) -> [Action] {
        switch event {
        case .resultLost(_, _, imagesRemoved: true, _):
            // Its destinations have it, and nobody can make it again.
            let text = "a result file is gone; its images were removed after delivery, so it is not made again"
            return [.note(Note(.lost, "\(subject): \(text)"))]
        case .resultLost(let results, let inForce, _, let now):
            guard inForce == recipe, done.successor == nil else { return loseResults(done) }
            let waiting = Waiting(attempts: Attempts(from: now), purpose: .remaking(results))
            return move(
                .waiting(waiting),
                [.note(Note(.lost, "\(subject): a result file is gone and is made again")), .settle])
        case .superseded(let revision, _):
            try check(event, follows: revision)
            var done = done
            done.successor = max(revision, done.successor ?? 0)
            return move(.done(done), [])
        case .nodeStarted, .swept, .hurried, .imagesLost: return []
        case .claimed, .retried:
            throw refusal(.state, event, "force the study: a new result is a new revision")
        case .dropped: throw refusal(.state, event)
        case .renewed, .finished, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Parked

    private mutating func handle(_ event: Event, _ parked: Parked) throws(Refusal) -> [Action] {
        switch event {
        case .retried(let now): return tryAgain(parked.purpose, at: now)
        case .dropped(let now): return drop(parked.purpose, at: now)
        case .superseded(let revision, let now): return try supersede(event, parked.purpose, by: revision, at: now)
        case .nodeStarted, .swept, .hurried, .imagesLost, .resultLost: return []
        case .claimed: throw refusal(.state, event, "retry or drop it")
        case .renewed, .finished, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Dropped

    private mutating func handle(_ event: Event, _ dropped: Dropped) throws(Refusal) -> [Action] {
        switch event {
        case .retried(let now): return tryAgain(dropped.purpose, at: now)
        case .superseded(let revision, let now): return try supersede(event, dropped.purpose, by: revision, at: now)
        case .nodeStarted, .swept, .hurried, .imagesLost, .resultLost: return []
        case .claimed, .dropped: throw refusal(.state, event, "retry it")
        case .renewed, .finished, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    // MARK: Superseded

    private func handleSuperseded(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .nodeStarted, .swept, .hurried, .superseded, .imagesLost, .resultLost: return []
        case .claimed, .retried, .dropped: throw refusal(.state, event, "the later revision counts")
        case .renewed, .finished, .failed, .released: throw refusal(.claimLost(holder: nil), event)
        }
    }

    mutating func move(_ next: State, _ actions: [Action]) -> [Action] {
        state = next
        return actions
    }
}
