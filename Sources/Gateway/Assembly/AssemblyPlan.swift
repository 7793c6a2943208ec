public import DICOMCore

/// Decides when a study has come to its end: nothing came for the quiet time, or it has been open for the longest wait,
/// or the operator said so. Told the time, it returns what to close; it neither sleeps nor reads clocks.
public struct AssemblyPlan: Sendable {
    public struct Settings: Hashable, Sendable {
        /// Nothing came for so long.
        public var quietTime: Duration
        /// Since the first object, however often others follow.
        public var longestWait: Duration

        public init(quietTime: Duration = .seconds(30), longestWait: Duration = .seconds(900)) {
            self.quietTime = quietTime
            self.longestWait = longestWait
        }
    }

    private struct Open {
        var first: Duration
        var last: Duration
        var isForced = false
        /// After a closing that failed: not before this.
        var notBefore: Duration?
    }

    private let settings: Settings
    private var open: [UID: Open] = [:]

    public init(settings: Settings) { self.settings = settings }

    /// The studies that are open.
    public var studies: Set<UID> { Set(open.keys) }

    /// An object of the study was kept.
    /// - Returns: whether a deadline is new, so that a sleeper has to look again.
    public mutating func arrived(_ study: UID, at now: Duration) -> Bool {
        if open[study] == nil {
            open[study] = Open(first: now, last: now)
            return true
        }
        open[study]?.last = now
        return false
    }

    /// Close it at the next look, quiet or not.
    public mutating func force(_ study: UID, at now: Duration) {
        open[study, default: Open(first: now, last: now)].isForced = true
    }

    /// The studies to close now; they are no longer open afterwards.
    public mutating func advance(to now: Duration) -> [UID] {
        let due = open.filter { deadline($0.value) <= now }.keys.sorted()
        for study in due { open[study] = nil }
        return due
    }

    /// Closing failed: look again after a while.
    public mutating func closingFailed(_ study: UID, at now: Duration, retryAfter: Duration) {
        var again = open[study] ?? Open(first: now, last: now)
        again.isForced = true
        again.notBefore = now + retryAfter
        open[study] = again
    }

    /// When `advance` will have something to say unless more happens; nil when nothing is open.
    public var nextDeadline: Duration? { open.values.map(deadline).min() }

    private func deadline(_ study: Open) -> Duration {
        let wanted =
            study.isForced
            ? study.last : min(study.last + settings.quietTime, study.first + settings.longestWait)
        return max(wanted, study.notBefore ?? .zero)
    }
}
