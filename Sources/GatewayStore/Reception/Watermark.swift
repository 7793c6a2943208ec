/// Decides from the bytes that are free whether objects are taken. Between the two marks it stays as it was, so that
/// it does not change its mind with every object.
public struct Watermark: Hashable, Sendable {
    /// Less than this is free: refuse.
    public let low: Int64
    /// At least this is free again: take.
    public let high: Int64
    public private(set) var isFull = false

    public enum Change: Hashable, Sendable { case becameFull, becameRoomy }

    /// `high` defaults to a quarter more than `low`.
    public init(low: Int64, high: Int64? = nil) {
        self.low = max(0, low)
        self.high = max(self.low, high ?? self.low + self.low / 4)
    }

    public mutating func update(free: Int64) -> Change? {
        if !isFull, free < low {
            isFull = true
            return .becameFull
        }
        if isFull, free >= high {
            isFull = false
            return .becameRoomy
        }
        return nil
    }
}
