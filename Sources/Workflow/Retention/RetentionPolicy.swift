/// Everything that an operator says about what is kept.
public struct RetentionPolicy: Hashable, Sendable {
    public var rules: RetentionRules
    /// Bytes: when fewer are free, what may go goes, the oldest first, until `goal` are.
    public var watermark: Int64
    /// Days for which events are kept one by one; of older ones the numbers a day are.
    public var eventDays: Int

    public init(rules: RetentionRules = RetentionRules(), watermark: Int64, eventDays: Int = 365) {
        self.rules = rules
        self.watermark = max(0, watermark)
        self.eventDays = eventDays
    }

    /// A quarter more than the watermark, so that the next object does not set it going again.
    public var goal: Int64 { watermark + watermark / 4 }

    /// Bytes to free now; 0 where enough are.
    public func wanted(free: Int64) -> Int64 {
        guard free < watermark else { return 0 }
        let (missing, overflows) = goal.subtractingReportingOverflow(free)
        return overflows ? .max : missing
    }

    /// Events before this are counted and go: the beginning of a day, UTC.
    public func firstKeptEvent(at now: Timestamp) -> Timestamp {
        let day = RetentionRules.day
        let time = now.adding(milliseconds: -Int64(eventDays) * day).milliseconds
        return Timestamp(milliseconds: time - (time % day + day) % day)
    }
}
