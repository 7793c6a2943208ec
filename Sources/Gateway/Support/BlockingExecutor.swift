import Foundation
import ServiceLifecycle
import Synchronization

/// Threads for tasks that block: on the database, on files, on DCMTK. Swift's own pool has one thread a processor and counts
/// on none being held up, and Dispatch's adds one only every second where some wait. Here a job that finds no thread idle
/// gets a new one, and a thread that finds no job for a while ends.
final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()

    private struct State {
        var jobs: [UnownedJob] = []
        var idle = 0
    }
    private let condition = NSCondition()
    private let state = Mutex(State())
    private let patience: TimeInterval

    init(patience: TimeInterval = 30) { self.patience = patience }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        condition.lock()
        let isTaken = state.withLock { state in
            state.jobs.append(job)
            return state.jobs.count <= state.idle
        }
        condition.signal()
        condition.unlock()
        if !isTaken { Thread.detachNewThread { self.work() } }
    }

    private func work() {
        while let job = next() { job.runSynchronously(on: asUnownedTaskExecutor()) }
    }

    /// Nil when there was nothing to do for so long.
    private func next() -> UnownedJob? {
        condition.lock()
        defer { condition.unlock() }
        state.withLock { $0.idle += 1 }
        defer { state.withLock { $0.idle -= 1 } }
        let end = Date(timeIntervalSinceNow: patience)
        while state.withLock({ $0.jobs.isEmpty }) {
            guard condition.wait(until: end) else { break }
        }
        return state.withLock { $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }
    }
}

/// A service, with its tasks and theirs, on threads that may block.
struct BlockingService: Service {
    let service: any Service

    func run() async throws {
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await service.run() }
    }
}
