public import DICOMCore
public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
public import Workflow

/// Closes studies when the plan says so and hands them over as jobs.
public final class AssemblyService: Service {
    private let store: Store
    private let recipe: Recipe
    private let clock: any GatewayClock
    private let logger: Logger
    private let plan: Mutex<AssemblyPlan>
    private let wake = Wake()
    private let closed: @Sendable (UID, Closing) -> Void
    /// How often the database is asked what an operator's command wrote into it.
    private let lookEvery: Duration

    /// - Parameter closed: told of every study that was closed, so that workers look for its job.
    public init(
        store: Store, settings: AssemblyPlan.Settings, recipe: Recipe, clock: any GatewayClock = SystemClock(),
        lookEvery: Duration = .seconds(1), logger: Logger, closed: @escaping @Sendable (UID, Closing) -> Void
    ) {
        self.store = store
        self.recipe = recipe
        self.clock = clock
        self.lookEvery = lookEvery
        self.logger = logger
        self.closed = closed
        plan = Mutex(AssemblyPlan(settings: settings))
    }

    /// Reception says that an object of the study was kept.
    public func arrived(_ study: UID) {
        let now = clock.now
        if plan.withLock({ $0.arrived(study, at: now) }) { wake.signal() }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                self.look()
                let now = self.clock.now
                let next = self.plan.withLock { $0.nextDeadline } ?? (now + self.lookEvery)
                await self.wake.wait(until: min(next, now + self.lookEvery), self.clock)
            }
        }
    }

    /// One look: what the operator asked for, then what is due.
    func look() {
        do {
            try adopt(try store.openStudies())
        } catch {
            logger.error("assembly can't read the open studies: \(error)")
        }
        let now = clock.now
        for study in plan.withLock({ $0.advance(to: now) }) { close(study) }
    }

    /// Studies that another process opened or forced, and after a start all that were open. Their quiet time begins
    /// anew: what a clock said in another process means nothing here.
    private func adopt(_ studies: [OpenStudy]) throws {
        let now = clock.now
        plan.withLock { plan in
            let known = plan.studies
            for study in studies {
                if study.opening != .arrivals { plan.force(study.uid, at: now) }
                if !known.contains(study.uid) { _ = plan.arrived(study.uid, at: now) }
            }
        }
    }

    private func close(_ study: UID) {
        do {
            let closing = try store.closeStudy(study, recipe: recipe)
            logger.info("study closed", metadata: ["study": "\(study)", "outcome": "\(closing)"])
            closed(study, closing)
        } catch {
            logger.error("study can't be closed, tried again in 10 s: \(error)", metadata: ["study": "\(study)"])
            let now = clock.now
            plan.withLock { $0.closingFailed(study, at: now, retryAfter: .seconds(10)) }
        }
    }
}
