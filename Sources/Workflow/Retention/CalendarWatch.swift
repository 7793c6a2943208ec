/// Says whether ages that are counted in days may be believed. A machine whose clock was lost wakes up in another year, and
/// what was delivered today would be years old for as long as nobody sets the clock.
public struct CalendarWatch: Hashable, Sendable {
    /// A wall clock that went ahead by more than this, and no time passed, is doubted. A smaller step moves an age of days
    /// by little.
    static let tolerance: Duration = .seconds(2 * 86_400)
    /// For so long: time enough for somebody to set it.
    static let doubt: Duration = .seconds(3600)

    private var wall: Timestamp?
    private var passed: Duration?
    private var doubtedUntil: Duration?

    /// - Parameter last: when the store was last written to; nil before it was.
    public init(last: Timestamp?) { wall = last }

    /// - Parameters:
    ///   - wall: the wall clock now.
    ///   - passed: by a clock that nobody sets.
    public mutating func trusts(wall now: Timestamp, passed: Duration) -> Bool {
        if let wall {
            let time = self.passed.map { passed - $0 } ?? .zero
            let ahead = now.milliseconds(since: wall.adding(time))
            if ahead > Self.tolerance.wholeMilliseconds { doubtedUntil = passed + Self.doubt }
        }
        (wall, self.passed) = (now, passed)
        return doubtedUntil.map { passed >= $0 } ?? true
    }
}
