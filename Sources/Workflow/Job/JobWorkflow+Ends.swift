import DICOMCore

extension JobWorkflow {
    /// A try that comes to an end.
    struct Attempt {
        var attempts: Attempts
        var purpose: Purpose
        var successor: Int?

        init(_ attempts: Attempts, _ purpose: Purpose, _ successor: Int? = nil) {
            self.attempts = attempts
            self.purpose = purpose
            self.successor = successor
        }
    }

    /// How the study sees the job.
    /// - Parameter deliveries: of the job's results.
    public func standing(_ deliveries: DeliveryCount) -> Standing {
        switch state {
        case .waiting: .waiting
        case .running: .running
        case .done(let done): done.resultsLost ? .resultsLost : .done(done.verdict, deliveries)
        case .parked(let parked): .parked(reason: parked.reason)
        case .superseded, .dropped: .dropped
        }
    }

    /// A result is kept only when it rests on the images that came: a passing fault of a file is the try's end, never a
    /// verdict, and a damaged file waits to be sent again.
    mutating func finish(
        _ event: Event, _ attempt: Attempt, _ handIn: HandIn, at now: Timestamp, random: Double
    ) throws(Refusal) -> [Action] {
        let differences = recipe.differences(from: handIn.recipe)
        guard differences.isEmpty else { throw refusal(.otherRecipe(differences), event) }
        let damaged = handIn.unread.filter { $0.fault == .damaged }.map(\.sopInstance)
        guard damaged.isEmpty else {
            return [.markLost(damaged)] + giveUp(attempt, Self.reason(lost: damaged), .lost, at: now)
        }
        for image in handIn.unread {
            guard case .unreadable(let cause) = image.fault else { continue }
            return end(attempt, cause, at: now, random: random)
        }
        if case .remaking(let results) = attempt.purpose, results != handIn.results {
            return loseResults(Done(verdict: handIn.verdict, at: now, successor: attempt.successor))
        }
        let text =
            switch handIn.verdict {
            case .analysed: "analysed"
            case .notAnalysable(let reason): "not analysable: \(reason)"
            }
        return move(
            .done(Done(verdict: handIn.verdict, at: now, successor: attempt.successor)),
            [.keepResults, .enqueueDeliveries, .note(Note(.analysed, "\(subject): \(text)")), .settle])
    }

    /// Other bytes must not come under UIDs that a PACS knows: the study makes a new revision.
    mutating func loseResults(_ done: Done) -> [Action] {
        if done.resultsLost { return [.loseDeliveries] }
        var done = done
        done.resultsLost = true
        let note = Note(.lost, "\(subject): a result file is gone and is not made again as it was")
        return move(.done(done), [.loseDeliveries, .note(note), .settle])
    }

    /// A try ended without a result.
    mutating func end(_ attempt: Attempt, _ cause: Cause, at now: Timestamp, random: Double) -> [Action] {
        var attempts = attempt.attempts
        let isLast = attempts.end(with: cause, at: now, rules, random: random)
        if attempt.successor != nil { return giveUp(attempt, "\(cause)", .superseded, at: now) }
        let counted = Attempt(attempts, attempt.purpose, attempt.successor)
        let subject =
            cause.blame == .work ? "\(self.subject), try \(attempts.failures) of \(rules.tries)" : self.subject
        if isLast {
            let times = cause.blame == .work ? "" : ", \(attempts.unclear) times; look for the reason, then retry"
            return giveUp(counted, "\(cause)\(times)", .parked, of: subject, at: now)
        }
        // The same trouble again and again would fill the record.
        let isNews = cause.blame == .work || attempt.attempts.cause?.kind != cause.kind
        let note =
            cause.blame == .work
            ? Note(.tryFailed, "\(subject): \(cause)")
            : Note(.putOff, "\(subject): \(cause); it costs no try")
        return move(
            .waiting(Waiting(attempts: attempts, purpose: attempt.purpose)),
            (isNews ? [.note(note)] : []) + [.settle])
    }

    /// Undone, as it was before: being asked to stop is not the study's fault.
    mutating func giveBack(_ attempt: Attempt, at now: Timestamp) -> [Action] {
        if attempt.successor != nil { return giveUp(attempt, "it was given back", .superseded, at: now) }
        var attempts = attempt.attempts
        attempts.hurry(now)
        return move(.waiting(Waiting(attempts: attempts, purpose: attempt.purpose)), [.settle])
    }

    /// There is no further try: the operator decides, unless a later revision does the work.
    private mutating func giveUp(
        _ attempt: Attempt, _ reason: String, _ kind: Note.Kind, of subject: String? = nil, at now: Timestamp
    ) -> [Action] {
        guard let successor = attempt.successor else { return park(attempt, reason, kind, of: subject, at: now) }
        let text = "\(self.subject) ended (\(reason)); revision \(successor) took its place"
        return move(
            .superseded(Superseded(by: successor, at: now)),
            losing(attempt.purpose) + [.note(Note(.superseded, text)), .settle])
    }

    mutating func park(
        _ attempt: Attempt, _ reason: String, _ kind: Note.Kind, of subject: String? = nil, at now: Timestamp
    ) -> [Action] {
        move(
            .parked(Parked(reason: reason, at: now, attempts: attempt.attempts, purpose: attempt.purpose)),
            [.note(Note(kind, "\(subject ?? self.subject): \(reason)")), .settle])
    }

    mutating func tryAgain(_ purpose: Purpose, at now: Timestamp) -> [Action] {
        move(.waiting(Waiting(attempts: Attempts(from: now), purpose: purpose)), [.settle])
    }

    mutating func drop(_ purpose: Purpose, at now: Timestamp) -> [Action] {
        move(.dropped(Dropped(at: now, purpose: purpose)), [.settle])
    }

    mutating func supersede(
        _ event: Event, _ purpose: Purpose, by revision: Int, at now: Timestamp
    ) throws(Refusal) -> [Action] {
        try check(event, follows: revision)
        let note = Note(.superseded, "\(subject): revision \(revision) took its place")
        return move(.superseded(Superseded(by: revision, at: now)), losing(purpose) + [.note(note)])
    }

    private func losing(_ purpose: Purpose) -> [Action] { purpose == .analysis ? [] : [.loseDeliveries] }

    // MARK: Checks

    func check(_ event: Event, follows revision: Int) throws(Refusal) {
        guard revision > self.revision else { throw refusal(.revision(revision), event) }
    }

    func check(_ event: Event, _ owner: Owner, holds claim: Claim) throws(Refusal) {
        guard owner == claim.owner else { throw refusal(.claimLost(holder: claim.owner), event) }
    }

    func refusal(_ reason: Refusal.Reason, _ event: Event, _ advice: String = "") -> Refusal {
        Refusal(reason, event: event.name, subject: "the job of \(subject)", state: state.name.rawValue, advice: advice)
    }

    var subject: String { "revision \(revision)" }

    static func reason(lost: [UID]) -> String {
        let named = lost.prefix(3).map(\.string).joined(separator: ", ")
        let more = lost.count > 3 ? " and of \(lost.count - 3) others" : ""
        return "the file of \(named)\(more) is gone or damaged; send it again"
    }
}
