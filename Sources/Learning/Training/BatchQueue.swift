import Foundation
import NeuralNetworks

/// Makes batches ahead of the steps that want them, on threads of its own, and hands them out in order.
final class BatchQueue: @unchecked Sendable {
    // The condition guards all that changes.
    private let condition = NSCondition()
    private let make: @Sendable (Int) -> TrainingBatch
    private let end: Int
    private let ahead: Int
    private var ready: [Int: TrainingBatch] = [:]
    /// The step that the next free thread makes a batch for, and the one that is asked for next.
    private var next: Int
    private var asked: Int
    private var isClosed = false

    /// - Parameters:
    ///   - steps: in the order in which they are asked for.
    ///   - ahead: batches that are kept at most.
    ///   - make: the batch of a step.
    init(steps: Range<Int>, ahead: Int = 4, threads: Int, make: @escaping @Sendable (Int) -> TrainingBatch) {
        (next, asked, end) = (steps.lowerBound, steps.lowerBound, steps.upperBound)
        self.ahead = ahead
        self.make = make
        for _ in 0..<max(1, threads) {
            let thread = Thread { [self] in work() }
            thread.stackSize = 4 << 20
            thread.start()
        }
    }

    /// The batch of the next step; nil behind the last, and when the queue is closed.
    func take() -> TrainingBatch? {
        condition.lock()
        defer { condition.unlock() }
        while ready[asked] == nil, asked < end, !isClosed { condition.wait() }
        let batch = isClosed ? nil : ready.removeValue(forKey: asked)
        asked += 1
        condition.broadcast()
        return batch
    }

    /// Ends the threads; nothing is handed out any more.
    func close() {
        condition.lock()
        isClosed = true
        condition.broadcast()
        condition.unlock()
    }

    private func work() {
        while let step = claim() {
            let batch = make(step)
            condition.lock()
            ready[step] = batch
            condition.broadcast()
            condition.unlock()
        }
    }

    private func claim() -> Int? {
        condition.lock()
        defer { condition.unlock() }
        while !isClosed, next < end, next >= asked + ahead { condition.wait() }
        guard !isClosed, next < end else { return nil }
        next += 1
        return next - 1
    }
}
