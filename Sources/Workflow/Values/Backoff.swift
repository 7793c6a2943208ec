/// How long to wait before the next try: doubling from `first` to `longest`, each with a random share taken off so that
/// what failed together does not come back together.
public struct Backoff: Hashable, Sendable {
    public var first: Duration
    public var longest: Duration
    /// 0…1: the largest share of a wait that is taken off.
    public var jitter: Double

    public init(first: Duration = .seconds(5), longest: Duration = .seconds(900), jitter: Double = 0.5) {
        self.first = first
        self.longest = longest
        self.jitter = jitter
    }

    /// - Parameters:
    ///   - tries: how many have ended without success, at least 1.
    ///   - random: 0..<1.
    public func delay(afterTries tries: Int, random: Double) -> Duration {
        // 2^30 times any sensible first wait is over every longest one.
        let doublings = Int64(min(max(tries, 1), 31) - 1)
        let longest = max(longest.wholeMilliseconds, 0)
        let (doubled, overflows) = max(first.wholeMilliseconds, 0).multipliedReportingOverflow(by: 1 << doublings)
        let wait = overflows ? longest : min(doubled, longest)
        let share = jitter * random
        // A share that is no number takes nothing off.
        let taken = share > 0 ? min(share, 1) : 0
        return .milliseconds(wait - (Int64(exactly: (Double(wait) * taken).rounded()) ?? 0))
    }
}
