/// Work on many items at once whose results are delivered in the items' order.
public enum OrderedWork {
    /// Keeps at most `width` items at work and at most twice as many results in memory.
    ///
    /// - Parameters:
    ///   - items: taken one by one as places become free.
    ///   - deliver: called in the order of `items`, never twice at once; its error ends the work.
    public static func forEach<Items: Sequence, Result: Sendable>(
        _ items: Items, width: Int, work: @escaping @Sendable (Items.Element) async -> Result,
        deliver: (Result) throws -> Void
    ) async throws where Items.Element: Sendable {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var iterator = items.makeIterator()
            var started = 0
            var delivered = 0
            var waiting: [Int: Result] = [:]
            var running = 0
            var isExhausted = false
            while true {
                while !isExhausted, running < max(1, width), started - delivered < 2 * max(1, width) {
                    guard let item = iterator.next() else {
                        isExhausted = true
                        break
                    }
                    let index = started
                    group.addTask { (index, await work(item)) }
                    started += 1
                    running += 1
                }
                guard let (index, result) = try await group.next() else { return }
                running -= 1
                waiting[index] = result
                while let next = waiting.removeValue(forKey: delivered) {
                    try deliver(next)
                    delivered += 1
                }
            }
        }
    }
}
