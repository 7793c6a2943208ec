public import Foundation
public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
public import Workflow

/// Removes what was delivered and has had its days, or when space is wanted, and keeps the database small. It decides
/// nothing: the rules do, and the store asks them again where it acts.
public final class RetentionService: Service {
    public struct Intervals: Sendable {
        /// Between looks at the space that is free. A disk fills in minutes, and this costs one call of the system.
        public var space = Duration.seconds(2)
        /// Between measurings of what the store takes, since workers write too; sooner where much came.
        public var measuring = Duration.seconds(10)
        /// Between looks for what has had its days, and between two tries to free space where the first could not free enough.
        public var age = Duration.seconds(60)
        /// Between looks after the database's own files.
        public var housekeeping = Duration.seconds(3600)

        public init() {}
    }

    private struct State {
        var policy: RetentionPolicy
        var calendar: CalendarWatch?
        var believesCalendar = false
        var nextAge = Duration.zero
        var nextMeasuring = Duration.zero
        var nextSpace = Duration.zero
        var nextHousekeeping = Duration.zero
    }

    private let store: Store
    private let meter: StorageMeter
    private let intervals: Intervals
    private let clock: any GatewayClock
    private let wall: @Sendable () -> Date
    private let logger: Logger
    private let state: Mutex<State>
    private let wake = Wake()
    /// Received since it was measured what is used: more than this, and it is measured anew.
    private static let muchReceived: Int64 = 16 << 20

    /// - Parameters:
    ///   - meter: of the reception, which refuses by it.
    ///   - wall: the clock that ages are counted by.
    public init(
        store: Store, meter: StorageMeter, policy: RetentionPolicy, intervals: Intervals = Intervals(),
        clock: any GatewayClock = SystemClock(), wall: @escaping @Sendable () -> Date = { Date() }, logger: Logger
    ) {
        self.store = store
        self.meter = meter
        self.intervals = intervals
        self.clock = clock
        self.wall = wall
        self.logger = logger
        state = Mutex(State(policy: policy))
    }

    /// From the next look on.
    public func update(_ policy: RetentionPolicy) {
        state.withLock { $0.policy = policy }
        wake.signal()
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.look { !Task.isCancelled }
                await self.wake.wait(until: self.clock.now + self.intervals.space, self.clock)
            }
        }
    }

    /// One look at whatever is due.
    /// - Parameter goesOn: asked between transactions.
    func look(while goesOn: () -> Bool = { true }) {
        attempt("the calendar can't be judged") { try lookAtCalendar() }
        attempt("what has had its days can't be removed") { try lookAtAges(goesOn) }
        attempt("space can't be freed") { try lookAtSpace(goesOn) }
        attempt("the database can't be kept small") { try keepHouse(goesOn) }
    }

    private func attempt(_ complaint: String, _ work: () throws -> Void) {
        do {
            try work()
        } catch {
            logger.error("\(complaint), tried again: \(error)")
        }
    }

    private func isDue(_ next: WritableKeyPath<State, Duration>, every interval: Duration) -> Bool {
        let now = clock.now
        return state.withLock { state in
            guard now >= state[keyPath: next] else { return false }
            state[keyPath: next] = now + interval
            return true
        }
    }

    // MARK: Ages

    private func lookAtAges(_ goesOn: () -> Bool) throws {
        guard isDue(\.nextAge, every: intervals.age) else { return }
        try store.finishRemovals()
        let (policy, believesCalendar) = state.withLock { ($0.policy, $0.believesCalendar) }
        guard believesCalendar else { return }
        for part in StudyPart.allCases {
            report(try store.remove(part, by: policy.rules, for: .age, while: goesOn), part, .age)
        }
    }

    /// At each look, so that steps of the clock are seen as they are made.
    private func lookAtCalendar() throws {
        let last = try state.withLock { $0.calendar } == nil ? store.lastEventTime() : nil
        let (now, passed) = (now, clock.now)
        state.withLock { state in
            var calendar = state.calendar ?? CalendarWatch(last: last)
            state.believesCalendar = calendar.trusts(wall: now, passed: passed)
            state.calendar = calendar
        }
    }

    private var now: Timestamp { Timestamp(milliseconds: Int64(wall().timeIntervalSince1970 * 1000)) }

    // MARK: Space

    private func lookAtSpace(_ goesOn: () -> Bool) throws {
        let policy = state.withLock { $0.policy }
        let anew = isDue(\.nextMeasuring, every: intervals.measuring) || meter.received > Self.muchReceived
        guard policy.wanted(free: try meter.free(anew: anew)) > 0 else { return }
        guard isDue(\.nextSpace, every: intervals.measuring) else { return }
        var wanted = policy.wanted(free: try meter.free(anew: true))
        // Sources first: they lie with who sent them.
        for part in StudyPart.allCases where wanted > 0 {
            report(try store.remove(part, by: policy.rules, for: .space, bytes: wanted, while: goesOn), part, .space)
            wanted = max(0, policy.goal - (try meter.free(anew: true)))
        }
        if wanted == 0 { state.withLock { $0.nextSpace = .zero } }
    }

    private func report(_ count: RemovalCount, _ part: StudyPart, _ cause: RemovalCause) {
        guard count.files > 0 else { return }
        logger.notice(
            "\(part.rawValue) removed: \(cause)",
            metadata: ["studies": "\(count.studies)", "files": "\(count.files)", "bytes": "\(count.bytes)"])
    }

    // MARK: The database

    private func keepHouse(_ goesOn: () -> Bool) throws {
        guard isDue(\.nextHousekeeping, every: intervals.housekeeping) else { return }
        let (policy, believesCalendar) = state.withLock { ($0.policy, $0.believesCalendar) }
        if believesCalendar {
            let count = try store.countEvents(before: policy.firstKeptEvent(at: now), while: goesOn)
            if count > 0 { logger.notice("old events counted and removed", metadata: ["events": "\(count)"]) }
        }
        try store.shrinkDatabase(while: goesOn)
    }
}
