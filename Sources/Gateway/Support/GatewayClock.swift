/// Monotonic time for deadlines, passed in so that tests turn the hands themselves. Instants count from an arbitrary
/// start and mean nothing in another process.
public protocol GatewayClock: Sendable {
    var now: Duration { get }
    /// Throws `CancellationError` when the task is cancelled.
    func sleep(until instant: Duration) async throws
}

/// The machine's clock, which goes on while the machine sleeps.
public struct SystemClock: GatewayClock {
    private let start = ContinuousClock.now

    public init() {}

    public var now: Duration { ContinuousClock.now - start }

    public func sleep(until instant: Duration) async throws {
        try await Task.sleep(until: start + instant, clock: .continuous)
    }
}
