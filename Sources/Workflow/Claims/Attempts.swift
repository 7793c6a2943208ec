/// How often work may be tried, and how long to wait in between.
public struct RetryRules: Hashable, Sendable {
    /// Ends that were the work's own fault.
    public var tries: Int
    /// Ends whose fault is unclear.
    public var unclear: Int
    public var backoff: Backoff

    public init(tries: Int = 3, unclear: Int = 20, backoff: Backoff = Backoff()) {
        self.tries = tries
        self.unclear = unclear
        self.backoff = backoff
    }
}

/// What became of the tries so far, and when the next one is due.
public struct Attempts: Hashable, Sendable {
    /// Ends that cost a try.
    public private(set) var failures: Int
    /// Ends whose fault is unclear.
    public private(set) var unclear: Int
    /// Ends that were the node's fault.
    public private(set) var putOff: Int
    public private(set) var nextTry: Timestamp
    /// Why the last one ended.
    public private(set) var cause: Cause?

    /// None yet; the first is due at once.
    public init(from now: Timestamp) {
        self.init(failures: 0, unclear: 0, putOff: 0, nextTry: now, cause: nil)
    }

    /// As rows hold them. Numbers that no store of ours wrote are brought into a range that can be counted on from.
    public init(failures: Int, unclear: Int, putOff: Int, nextTry: Timestamp, cause: Cause?) {
        let range = { (count: Int) in min(max(count, 0), 1_000_000) }
        self.failures = range(failures)
        self.unclear = range(unclear)
        self.putOff = range(putOff)
        self.nextTry = nextTry
        self.cause = cause
    }

    /// The number of the next try, as a person counts: those that cost nothing left out.
    public var number: Int { failures + 1 }

    /// A next try that is further away than any wait was set under a clock that has since been put back, and is due.
    public func isDue(at now: Timestamp, _ rules: RetryRules) -> Bool {
        nextTry <= now || nextTry > now.adding(rules.backoff.longest)
    }

    /// A try ended.
    /// - Parameter random: 0..<1, for the wait.
    /// - Returns: whether there may be no further one.
    public mutating func end(with cause: Cause, at now: Timestamp, _ rules: RetryRules, random: Double) -> Bool {
        endForGood(with: cause)
        let delay = rules.backoff.delay(afterTries: failures + unclear + putOff, random: random)
        nextTry = now.adding(delay)
        return failures >= rules.tries || unclear >= rules.unclear
    }

    /// A try ended after which there is none, whatever the rules say.
    public mutating func endForGood(with cause: Cause) {
        switch cause.blame {
        case .work: failures += 1
        case .unclear: unclear += 1
        case .node: putOff += 1
        }
        self.cause = cause
    }

    /// The next try is due at once; the counts stay.
    public mutating func hurry(_ now: Timestamp) { nextTry = now }

    /// Says that nobody is at work on it for a reason that is no try's end.
    mutating func note(_ cause: Cause) { self.cause = cause }
}
