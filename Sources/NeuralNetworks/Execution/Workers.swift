import Dispatch
import Synchronization

/// Shares independent pieces of work out to a few threads. Which thread takes which piece is left to chance; pieces
/// must be cut by the work's shape alone, so that results do not depend on the number of threads.
struct Workers: Sendable {
    /// At least 1.
    let threads: Int

    init(threads: Int) {
        self.threads = max(1, threads)
    }

    /// Calls `body(piece, worker)` once for each piece; `worker` is below `threads` and is never in two calls at once.
    func run(_ pieces: Int, _ body: (_ piece: Int, _ worker: Int) -> Void) {
        let crew = min(threads, pieces)
        guard crew > 1 else {
            for piece in 0..<max(0, pieces) { body(piece, 0) }
            return
        }
        let next = Atomic<Int>(0)
        withoutActuallyEscaping(body) { body in
            // Bodies write through pointers to places that no other piece touches.
            nonisolated(unsafe) let body = body
            DispatchQueue.concurrentPerform(iterations: crew) { worker in
                while true {
                    let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
                    guard piece < pieces else { return }
                    body(piece, worker)
                }
            }
        }
    }
}
