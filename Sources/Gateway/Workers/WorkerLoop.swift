public import Foundation
public import GatewayStore
public import Logging
import Synchronization

/// What a worker process does: claims a job or a set-aside object, works on it, hands in what came of it, and begins
/// again.
public final class WorkerLoop: Sendable {
    public struct Settings: Hashable, Sendable {
        /// Seconds after which a claim falls back if the worker is not heard of.
        public var lease: TimeInterval = 120
        public init() {}
    }

    /// What one turn came to.
    public enum Turn: Hashable, Sendable {
        case nothingToDo
        case done(job: Int64)
        case failed(job: Int64, reason: String)
        /// The disk is full: no try was lost, and the next one has to wait for room.
        case postponed(job: Int64, reason: String)
        case compared(aside: Int64)
    }

    private let store: Store
    private let analyst: any StudyAnalyst
    private let comparer: any ObjectComparer
    private let name: String
    private let settings: Settings
    private let logger: Logger

    /// - Parameter name: of this worker; no two that live have the same.
    public init(
        store: Store, analyst: any StudyAnalyst, comparer: any ObjectComparer, name: String,
        settings: Settings = Settings(), logger: Logger
    ) {
        self.store = store
        self.analyst = analyst
        self.comparer = comparer
        self.name = name
        self.settings = settings
        self.logger = logger
    }

    /// Claims and does one piece of work.
    /// - Parameter begins: called when there is one, before it is done.
    public func turn(begins: () -> Void = {}) throws -> Turn {
        if let job = try store.claimJob(worker: name, lease: settings.lease) {
            begins()
            return try work(on: job)
        }
        if let aside = try store.claimAside(worker: name, lease: settings.lease) {
            begins()
            let verdict: Comparison
            do {
                verdict = try comparer.compare(aside.kept.file, aside.file)
            } catch {
                verdict = .incomparable("\(error)")
            }
            try store.settle(aside: aside, verdict)
            return .compared(aside: aside.id)
        }
        return .nothingToDo
    }

    private func work(on job: ClaimedJob) throws -> Turn {
        logger.info("analysing", metadata: metadata(job))
        let heart = Heartbeat(every: settings.lease / 4) { [store, name, settings] in
            try? store.renewClaim(on: job.id, worker: name, lease: settings.lease)
        }
        defer { heart.stop() }
        do {
            let completion = try analyst.analyse(job, deviceUID: store.deviceUID)
            try store.complete(job: job, with: completion)
            logger.info("\(completion.summary)", metadata: metadata(job))
            return .done(job: job.id)
        } catch StoreError.claimLost {
            return .failed(job: job.id, reason: "the claim was taken back")
        } catch let error as StoreError where error.isOutOfRoom {
            logger.error("put off until there is room: \(error)", metadata: metadata(job))
            try store.giveBack(worker: name)
            return .postponed(job: job.id, reason: "\(error)")
        } catch {
            let reason = "\(error)"
            logger.error("the try failed: \(reason)", metadata: metadata(job))
            _ = try store.fail(job: job.id, worker: name, reason: reason)
            return .failed(job: job.id, reason: reason)
        }
    }

    private func metadata(_ job: ClaimedJob) -> Logger.Metadata {
        ["job": "\(job.id)", "study": "\(job.study)", "revision": "\(job.revision)", "try": "\(job.tries)"]
    }
}

/// Calls a closure at intervals from a thread of its own, because the work beside it blocks.
private final class Heartbeat: Sendable {
    private let condition: NSCondition
    private let stopped: Flag

    private final class Flag: Sendable {
        let isSet = Mutex(false)
    }

    init(every interval: TimeInterval, _ beat: @escaping @Sendable () -> Void) {
        let condition = NSCondition()
        let stopped = Flag()
        self.condition = condition
        self.stopped = stopped
        Thread.detachNewThread {
            condition.lock()
            while !stopped.isSet.withLock({ $0 }) {
                if condition.wait(until: Date(timeIntervalSinceNow: interval)) { continue }
                condition.unlock()
                beat()
                condition.lock()
            }
            condition.unlock()
        }
    }

    func stop() {
        condition.lock()
        stopped.isSet.withLock { $0 = true }
        condition.signal()
        condition.unlock()
    }
}
