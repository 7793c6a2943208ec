import Dispatch
import ServiceLifecycle

/// Threads for tasks that block: on the database, on files, on DCMTK. Swift's own pool has one thread a processor and
/// counts on none being held up; here Dispatch starts another thread where some wait.
final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()
    private let queue = DispatchQueue(label: "hilum.blocking", attributes: .concurrent)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// A service, with its tasks and theirs, on threads that may block.
struct BlockingService: Service {
    let service: any Service

    func run() async throws {
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await service.run() }
    }
}
