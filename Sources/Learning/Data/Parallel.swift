import Dispatch
import Synchronization

/// The same work on many items by several threads; results lie in the items' order.
enum Parallel {
    /// Ends early when an item fails, with the first error by place of those that were met, or when `shouldStop` says so.
    /// - Throws: what `work` throws; `CancellationError` when it was stopped.
    static func map<Result: Sendable>(
        _ count: Int, threads: Int, shouldStop: @Sendable () -> Bool = { false },
        _ work: @Sendable (_ thread: Int, _ index: Int) throws -> Result
    ) throws -> [Result] {
        let next = Atomic(0)
        let halted = Atomic(false)
        let results = Mutex([Result?](repeating: nil, count: count))
        let failure = Mutex<(index: Int, error: any Error)?>(nil)
        @Sendable func fail(_ index: Int, _ error: any Error) {
            failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
            halted.store(true, ordering: .relaxed)
        }
        DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { thread in
            while !halted.load(ordering: .relaxed) {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                guard !shouldStop() else { return fail(index, CancellationError()) }
                do {
                    let result = try work(thread, index)
                    results.withLock { $0[index] = result }
                } catch {
                    fail(index, error)
                }
            }
        }
        if let failure = failure.withLock({ $0 }) { throw failure.error }
        return results.withLock { $0.compactMap(\.self) }
    }
}
