public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
import Workflow

/// Starts workers, watches them and replaces those that end. What a dead one held is tried again by another.
public final class WorkerSupervisor: Service {
    private let store: Store
    private let launcher: any WorkerLauncher
    private let count: Int
    private let grace: Duration
    private let longestWork: Duration
    private let clock: any GatewayClock
    private let status: NodeStatus
    private let metrics: NodeMetrics
    private let logger: Logger
    private let said: @Sendable (String) -> Void
    private let prefix: String
    private let workers = Mutex<[Int: any RunningWorker]>([:])

    /// - Parameters:
    ///   - prefix: makes the names of this gateway's workers differ from any other's.
    ///   - grace: for what a worker works on when the gateway stops.
    ///   - longestWork: by the wall clock, for one piece of work. A worker that is longer at it is ended.
    ///   - said: told of each piece of work that a worker has done.
    public init(
        store: Store, launcher: any WorkerLauncher, count: Int, prefix: String, grace: Duration = .seconds(20),
        longestWork: Duration = .seconds(1800), clock: any GatewayClock = SystemClock(),
        status: NodeStatus = NodeStatus(),
        metrics: NodeMetrics = NodeMetrics(), logger: Logger, said: @escaping @Sendable (String) -> Void
    ) {
        status.change { $0.workersWanted = count }
        self.status = status
        self.metrics = metrics
        self.store = store
        self.launcher = launcher
        self.count = count
        self.prefix = prefix
        self.grace = grace
        self.longestWork = longestWork
        self.clock = clock
        self.logger = logger
        self.said = said
    }

    /// There may be work.
    public func look() {
        for worker in workers.withLock({ Array($0.values) }) { worker.look() }
    }

    public func run() async throws {
        // With no workers of its own the store's jobs wait for somebody else's.
        guard count > 0 else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for slot in 0..<self.count { group.addTask { await self.keep(slot) } }
            }
        }
    }

    /// Keeps one worker alive until the service ends.
    private func keep(_ slot: Int) async {
        var policy = RestartPolicy()
        var generation = 0
        while !Task.isCancelled {
            generation += 1
            let name = "\(prefix)-\(slot)-\(generation)"
            let started = clock.now
            let reason = await runWorker(name, slot)
            handleEnd(of: name, reason)
            let pause = policy.ended(after: clock.now - started)
            if pause > .zero { try? await clock.sleep(until: clock.now + pause) }
        }
    }

    private func runWorker(_ name: String, _ slot: Int) async -> Cause? {
        let watch = WorkerWatch(limit: longestWork, clock: clock) { [weak self] in
            self?.workers.withLock { $0[slot] }?.kill()
        }
        let worker: any RunningWorker
        do {
            worker = try launcher.launch(name: name) { [said] line in
                guard let word = WorkerWord(line: line) else { return }
                watch.heard(word)
                if case .ends(let what) = word { said(what) }
            }
        } catch {
            return Cause(.failed, "\(error)")
        }
        workers.withLock { $0[slot] = worker }
        metrics.workerStarted()
        status.change { $0.workersRunning += 1 }
        let reason = await end(of: worker)
        status.change { $0.workersRunning -= 1 }
        workers.withLock { $0[slot] = nil }
        watch.stop()
        return watch.isOverdue
            ? Cause(.overdue, "it took longer than \(longestWork.components.seconds) s (analysis.job_wall_seconds)")
            : reason
    }

    /// Waits for it; when the gateway stops it has `grace` for what it works on.
    private func end(of worker: any RunningWorker) async -> Cause? {
        await withTaskCancellationHandler {
            await worker.end()
        } onCancel: {
            worker.finish()
            let deadline = clock.now + grace
            Task.detached { [clock] in
                try? await clock.sleep(until: deadline)
                worker.kill()
            }
        }
    }

    private func handleEnd(of name: String, _ cause: Cause?) {
        let owner = Owner(node: store.node, worker: name)
        do {
            if Task.isCancelled {
                // Stopping is not the study's fault.
                return try store.giveBack(by: owner)
            }
            let cause = cause ?? Cause(.stopped, "the worker ended")
            metrics.workerEnded(cause)
            logger.error("\(cause)", metadata: ["worker": "\(name)"])
            for state in try store.workerEnded(owner, cause) {
                logger.error("its job is \(state.rawValue)", metadata: ["worker": "\(name)"])
            }
            look()
        } catch {
            // Its lease runs out in the end.
            logger.error("what worker \(name) held can't be given back yet: \(error)")
        }
    }
}
