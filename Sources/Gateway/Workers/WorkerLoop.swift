public import Foundation
public import GatewayStore
public import Logging
import Synchronization
public import Workflow

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
        /// The node is not well (its disk is full, a file can't be read now): no try was lost.
        case postponed(job: Int64, reason: String)
        case compared(aside: Int64)
    }

    private let store: Store
    private let analyst: any StudyAnalyst
    private let comparer: any ObjectComparer
    private let owner: Owner
    private let settings: Settings
    private let logger: Logger
    private let brokenForGood: @Sendable () -> String?
    private let sleep: @Sendable (TimeInterval) -> Void
    private let clock = SystemClock()
    private let watch = Mutex(ClockWatch())
    /// Recipes that this worker has said it has not.
    private let explained = Mutex<Set<Recipe>>([])

    /// - Parameters:
    ///   - owner: this worker; no two that live have the same.
    ///   - damage: says what in this process is broken for good, asked after each piece of work. The try that broke it has
    ///     failed, unless a fresh process only met again what ended the one before.
    ///   - sleep: for so many seconds, while a finished result waits for the database.
    public init(
        store: Store, analyst: any StudyAnalyst, comparer: any ObjectComparer, owner: Owner,
        settings: Settings = Settings(), logger: Logger, damage: @escaping @Sendable () -> String? = { nil },
        sleep: @escaping @Sendable (TimeInterval) -> Void = { Thread.sleep(forTimeInterval: $0) }
    ) {
        self.store = store
        self.analyst = analyst
        self.comparer = comparer
        self.owner = owner
        self.settings = settings
        self.logger = logger
        self.brokenForGood = damage
        self.sleep = sleep
    }

    /// Why this worker must not begin another piece of work; nil while it may.
    public var damage: GatewayError? { brokenForGood().map(GatewayError.damagedWorker) }

    /// Claims and does one piece of work.
    /// - Parameter begins: called when there is one, before it is done.
    public func turn(begins: () -> Void = {}) throws -> Turn {
        let jumped = watch.withLock { $0.jumped(wall: Date(), passed: clock.now) }
        let job = try store.claimJob(
            by: owner, recipe: analyst.recipe, lease: settings.lease, clockJumped: jumped)
        if let job {
            begins()
            return try work(on: job)
        }
        if let aside = try store.claimAside(by: owner, lease: settings.lease) {
            begins()
            return try compare(aside)
        }
        try explainIdleness()
        return .nothingToDo
    }

    /// A worker that was started with another bundle or other settings than the gateway's would wait in silence.
    private func explainIdleness() throws {
        let strange = try store.waitingRecipes().subtracting([analyst.recipe])
        let news = explained.withLock { explained in
            defer { explained.formUnion(strange) }
            return strange.subtracting(explained)
        }
        for recipe in news {
            let parts = recipe.differences(from: analyst.recipe).map(\.rawValue).joined(separator: ", ")
            logger.warning("jobs wait that this worker can't do: they were made for another \(parts)")
        }
    }

    private func compare(_ aside: AsideObject) throws -> Turn {
        let heart = Heartbeat(every: settings.lease / 4) { [store, owner, settings] in
            try? store.renewClaim(onAside: aside.id, by: owner, lease: settings.lease)
        }
        defer { heart.stop() }
        do {
            let verdict = try comparer.compare(aside.kept.file, aside.file)
            if let damage { throw damage }
            try patiently { try store.settle(aside: aside.id, by: owner, verdict) }
        } catch let error as StoreError {
            // It is another's by now, or gone.
            logger.warning("\(error)", metadata: ["aside": "\(aside.id)"])
        } catch {
            try patiently {
                if let cause = store.passingFault(ofKept: aside) ?? damage.map({ Cause(.failed, "\($0)") }) {
                    try store.fail(aside: aside.id, by: owner, cause)
                } else {
                    try store.settle(aside: aside.id, by: owner, .incomparable("\(error)"))
                }
            }
        }
        return .compared(aside: aside.id)
    }

    private func work(on job: ClaimedJob) throws -> Turn {
        logger.info("analysing", metadata: metadata(job))
        let heart = Heartbeat(every: settings.lease / 4) { [store, owner, settings] in
            try? store.renewClaim(on: job.id, by: owner, lease: settings.lease)
        }
        defer { heart.stop() }
        do {
            let completion = try completion(of: job)
            let state = try patiently { try store.complete(job: job, with: completion) }
            return turn(job, state, completion)
        } catch StoreError.refused(let refusal) {
            logger.error("\(refusal)", metadata: metadata(job))
            return .failed(job: job.id, reason: "\(refusal)")
        } catch {
            let cause = (error as? StoreError)?.cause ?? Cause(.failed, "\(error)")
            logger.error("the try ended: \(cause)", metadata: metadata(job))
            try patiently { _ = try store.fail(job: job.id, by: owner, cause) }
            return cause.blame == .work
                ? .failed(job: job.id, reason: "\(cause)") : .postponed(job: job.id, reason: "\(cause)")
        }
    }

    private func turn(_ job: ClaimedJob, _ state: JobState, _ completion: Completion) -> Turn {
        guard state != .done else {
            logger.info("\(completion.summary)", metadata: metadata(job))
            return .done(job: job.id)
        }
        let reason = completion.unread.isEmpty ? "it is \(state.rawValue)" : "files can't be read, or have other bytes"
        logger.error("the result is not kept: \(reason)", metadata: metadata(job))
        return .postponed(job: job.id, reason: reason)
    }

    /// What the analyst makes of the bytes that came, and of nothing else: a file that can't be read this time, or has
    /// other bytes, is no property of the study.
    private func completion(of job: ClaimedJob) throws -> Completion {
        if let broken = unread(job) { return broken }
        var completion = try analysed(job)
        if !completion.unread.isEmpty {
            // A fault may have come and gone while it read: what it meets again is the image's own.
            if let broken = unread(job) { return broken }
            completion = try analysed(job)
        }
        return completion
    }

    private func analysed(_ job: ClaimedJob) throws -> Completion {
        let completion = try analyst.analyse(job, deviceUID: store.deviceUID)
        if let damage, !isTheWorks(damage, job) { throw damage }
        return completion
    }

    /// Whether the job's bytes do this damage in any process, so that there is nothing to hope for from one more: the
    /// result then says which image can't be decoded, as it does of any other broken image. On the last try the same is
    /// taken for granted, since the study would get no answer else.
    private func isTheWorks(_ damage: GatewayError, _ job: ClaimedJob) -> Bool {
        job.isLastTry || job.formerCause == Cause(.failed, "\(damage)")
    }

    private func unread(_ job: ClaimedJob) -> Completion? {
        let faults = store.faults(of: job)
        guard !faults.isEmpty else { return nil }
        return Completion(
            recipe: analyst.recipe, verdict: .notAnalysable(reason: "its files can't be read"), unread: faults,
            summary: "not analysed")
    }

    /// What is finished waits for a locked database rather than being thrown away.
    private func patiently<Outcome>(_ write: () throws -> Outcome) throws -> Outcome {
        for wait in [1.0, 2, 4, 8, 16, 30, 30, 30] {
            do {
                return try write()
            } catch let error as StoreError where error.cause.kind == .databaseLocked {
                logger.warning("the result waits for the database: \(error)", metadata: ["worker": "\(owner.worker)"])
                sleep(wait)
            }
        }
        return try write()
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
