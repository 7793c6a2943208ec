import DICOMCore

/// The life of a study, from its first object on. A table from state and event to actions and next state.
///
/// - *receiving* closes by `closingDue` and becomes waiting (a new revision, or the current one's job goes on), what
///   the current revision is (nothing new), not analysable (no image), or failed (a file is gone and nobody asked to do
///   without); failed also when a file is lost.
/// - Every closed state opens again for an image to analyse, when the operator forces it, and when its revision's job
///   or results can't be made as they are; what else comes late (a presentation state, a dose report, an object of
///   ours) changes nothing.
/// - *waiting*, *analysed*, *reported*, *not analysable* and *failed* change into one another as the newest revision's
///   job and deliveries move. An earlier revision's move nothing.
public struct StudyWorkflow: Hashable, Sendable {
    public private(set) var state: State
    public let sources: Sources

    /// Whether what came is still there, or was removed after delivery.
    public enum Sources: Hashable, Sendable {
        case kept, partlyRemoved, removed
    }

    public init(state: State, sources: Sources = .kept) {
        self.state = state
        self.sources = sources
    }

    /// A study of which the first object came. It opens whatever the object is, so that every study closes with a state
    /// that says what it is.
    public init(first arrival: Arrival) {
        self.init(
            state: .receiving(
                Receiving(openedAt: arrival.at, lastArrival: arrival.at, reason: .arrivals, revision: nil)))
    }

    public mutating func handle(_ event: Event) throws(Refusal) -> [Action] {
        if case .receiving(let receiving) = state { return try handle(event, receiving) }
        return try handleClosed(event)
    }

    // MARK: Receiving

    private mutating func handle(_ event: Event, _ receiving: Receiving) throws(Refusal) -> [Action] {
        var receiving = receiving
        switch event {
        case .arrived(let arrival):
            // What another node sends back must not put off the end.
            if arrival.provenance.isOurs { return [Self.echo] }
            receiving.lastArrival = max(receiving.lastArrival, arrival.at)
            return move(.receiving(receiving), [])
        case .forced: return open(receiving, .forced, [.note(Note(.forced, "closing was asked for"))])
        case .closingDue(let closing): return try close(receiving, closing)
        case .settled(let number, let standing, _):
            guard let revision = try revision(number, event) else { return [] }
            receiving.revision = revision.with(standing)
            return standing == .resultsLost ? open(receiving, .renewal, []) : move(.receiving(receiving), [])
        case .objectLost(let uid, let isImage, _): return lose(uid, isImage, receiving.revision)
        case .recipeInForce: return []
        case .retried: throw refusal(event, "it is about to be closed")
        case .dropped: return try drop(event, receiving.revision)
        }
    }

    // MARK: Closed

    private mutating func handleClosed(_ event: Event) throws(Refusal) -> [Action] {
        switch event {
        case .arrived(let arrival):
            if arrival.provenance.isOurs { return [Self.echo] }
            guard arrival.provenance.isImageToAnalyse else { return [] }
            let kind: Note.Kind = arrival.repairs ? .recovered : .received
            return open(.arrivals, at: arrival.at, [.note(Note(kind, "an image came; the study is open again"))])
        case .forced(let now):
            if sources == .removed { throw removed(event) }
            return open(.forced, at: now, [.note(Note(.forced, "closing was asked for"))])
        case .settled(let number, let standing, let now):
            guard let revision = try revision(number, event) else { return [] }
            // What became of the former report changes nothing of why the study has no new one.
            if case .failed(var failed) = state, case .done = failed.revision?.standing, case .done = standing {
                failed.revision = revision.with(standing)
                return move(.failed(failed), [])
            }
            state = .closed(revision.with(standing))
            return standing == .resultsLost ? open(.renewal, at: now, []) : []
        case .objectLost(let uid, let isImage, _): return lose(uid, isImage, state.revision)
        case .recipeInForce(let recipe, let node, let now): return renew(recipe, node, at: now)
        case .retried(let recipe, let now): return try retry(event, recipe, at: now)
        case .dropped: return try drop(event, state.revision)
        // A closed study is not closed again because something that opens nothing came in.
        case .closingDue: return []
        }
    }

    /// A waiting job that no worker of its node can do gives way to one that they can.
    private mutating func renew(_ recipe: Recipe, _ node: String, at now: Timestamp) -> [Action] {
        guard case .waiting(let waiting) = state, waiting.revision.standing == .waiting,
            waiting.revision.madeBy == node, waiting.revision.recipe != recipe
        else { return [] }
        return open(.renewal, at: now, [])
    }

    private mutating func retry(_ event: Event, _ recipe: Recipe, at now: Timestamp) throws(Refusal) -> [Action] {
        let note = Action.note(Note(.retried, "by the operator"))
        // A parked job's images are there: nothing of its study is removed.
        let isStuck = state.name == .failed || state.name == .notAnalysable
        if isStuck, sources == .removed || sources == .partlyRemoved && state.revision?.standing == .dropped {
            throw removed(event)
        }
        switch (state, state.revision?.standing) {
        case (.waiting(let waiting), .waiting): return [.retryJob(revision: waiting.revision.number), note]
        case (.failed(let failed), .parked), (.failed(let failed), .dropped):
            guard let revision = failed.revision, revision.recipe == recipe else {
                return open(.renewal, at: now, [note])
            }
            return move(.closed(revision.with(.waiting)), [.retryJob(revision: revision.number), note])
        case (.failed, _), (.notAnalysable, _): return open(.renewal, at: now, [note])
        case (.waiting, _): throw refusal(event, "its job is running")
        default: throw refusal(event, "nothing of it is stuck; force it to make a new revision")
        }
    }

    // MARK: Both

    private mutating func drop(_ event: Event, _ revision: Revision?) throws(Refusal) -> [Action] {
        let actions: [Action]
        switch (state, revision, revision?.standing) {
        case (_, let revision?, .waiting), (_, let revision?, .parked):
            actions = [.dropJob(revision: revision.number), .note(Note(.dropped, "by the operator"))]
        case (_, _, .running): throw refusal(event, "its job is running; wait, or stop the worker")
        default: throw refusal(event, "nothing of it waits or is stuck")
        }
        // An open study goes on receiving: its next closing makes a revision of what is new.
        guard let revision else { return actions }
        if case .receiving(var receiving) = state {
            receiving.revision = revision.with(.dropped)
            return move(.receiving(receiving), actions)
        }
        return move(.closed(revision.with(.dropped)), actions)
    }

    /// A report that was made stays true. What has none yet can't get one without the file, unless somebody asks for
    /// it.
    private mutating func lose(_ uid: UID, _ isImage: Bool, _ revision: Revision?) -> [Action] {
        let note = Action.note(Note(.lost, "the file of \(uid) is gone or damaged"))
        switch state {
        case .analysed, .reported: return [note]
        case .receiving, .waiting, .notAnalysable, .failed:
            guard isImage else { return [note] }
            return move(.failed(Failed(reason: JobWorkflow.reason(lost: [uid]), revision: revision)), [note])
        }
    }

    private mutating func open(_ reason: Opening, at now: Timestamp, _ actions: [Action]) -> [Action] {
        open(
            Receiving(openedAt: now, lastArrival: now, reason: .arrivals, revision: state.revision), reason, actions)
    }

    private mutating func open(_ receiving: Receiving, _ reason: Opening, _ actions: [Action]) -> [Action] {
        var receiving = receiving
        receiving.reason = max(receiving.reason, reason)
        return move(.receiving(receiving), [.open(receiving.reason)] + actions)
    }

    /// The newest revision if that is the number; nil for an earlier one.
    private func revision(_ number: Int, _ event: Event) throws(Refusal) -> Revision? {
        guard let revision = state.revision, number >= 1, number <= revision.number else {
            throw Refusal(
                .revision(number), event: event.name, subject: "the study", state: state.name.rawValue, advice: "")
        }
        return number == revision.number ? revision : nil
    }

    private func refusal(_ event: Event, _ advice: String) -> Refusal {
        Refusal(.state, event: event.name, subject: "the study", state: state.name.rawValue, advice: advice)
    }

    private func removed(_ event: Event) -> Refusal {
        Refusal(
            .removed, event: event.name, subject: "the study", state: state.name.rawValue,
            advice: "send its images again first")
    }

    private static let echo = Action.note(Note(.echo, "an object of Hilum's came back: kept, not analysed"))

    mutating func move(_ next: State, _ actions: [Action]) -> [Action] {
        state = next
        return actions
    }
}
