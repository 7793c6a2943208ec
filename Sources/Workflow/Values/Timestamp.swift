/// A point of wall-clock time, as rows hold it. It is always passed in: nothing in this target reads a clock.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Since 1970, UTC.
    public var milliseconds: Int64

    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    /// Stops at the ends of the range, so that no row and no peer can make a sum overflow.
    public func adding(milliseconds: Int64) -> Timestamp {
        let (sum, overflows) = self.milliseconds.addingReportingOverflow(milliseconds)
        guard overflows else { return Timestamp(milliseconds: sum) }
        return Timestamp(milliseconds: milliseconds < 0 ? .min : .max)
    }

    /// Negative when `other` is later. Stops at the ends of the range, likewise.
    public func milliseconds(since other: Timestamp) -> Int64 {
        let (difference, overflows) = milliseconds.subtractingReportingOverflow(other.milliseconds)
        guard overflows else { return difference }
        return milliseconds < other.milliseconds ? .min : .max
    }

    public func adding(_ duration: Duration) -> Timestamp { adding(milliseconds: duration.wholeMilliseconds) }
}

extension Duration {
    /// Rounded towards zero, and cut to what 64 bits hold.
    var wholeMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (thousands, overflows) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflows else { return seconds < 0 ? .min : .max }
        return Timestamp(milliseconds: thousands).adding(milliseconds: attoseconds / 1_000_000_000_000_000).milliseconds
    }
}
