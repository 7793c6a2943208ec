import Foundation
import Synchronization

/// A few threads that may block on the disk, kept apart from Swift's cooperative pool, which must not. Work is done in
/// order of its coming; what was handed over before the crew goes is still done.
final class Crew: Sendable {
    private let queue = Queue()

    init(threads: Int, name: String) {
        for _ in 0..<max(1, threads) {
            Thread.detachNewThread { [queue] in
                // Only a running thread can give itself the name that the system's tools show.
                Thread.current.name = name
                while let work = queue.next() { work() }
            }
        }
    }

    deinit { queue.stop() }

    func run(_ work: @escaping @Sendable () -> Void) { queue.add(work) }

    private final class Queue: Sendable {
        private struct State {
            var work: [@Sendable () -> Void] = []
            var isStopped = false
        }
        private let condition = NSCondition()
        private let state = Mutex(State())

        func add(_ work: @escaping @Sendable () -> Void) {
            state.withLock { $0.work.append(work) }
            wake { condition.signal() }
        }

        func stop() {
            state.withLock { $0.isStopped = true }
            wake { condition.broadcast() }
        }

        private func wake(_ body: () -> Void) {
            condition.lock()
            body()
            condition.unlock()
        }

        /// Waits for work; nil once the crew goes and nothing is left.
        func next() -> (@Sendable () -> Void)? {
            condition.lock()
            defer { condition.unlock() }
            while true {
                let (work, isStopped) = state.withLock { state in
                    (state.work.isEmpty ? nil : state.work.removeFirst(), state.isStopped)
                }
                if work != nil || isStopped { return work }
                condition.wait()
            }
        }
    }
}
