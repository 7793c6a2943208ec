public import GatewayStore
import Synchronization

/// Counts what worker processes write into the store, from the node's start on. It looks when somebody asks, so that a
/// node which nobody watches does nothing for it.
public final class ProgressFollower: Sendable {
    private let store: Store
    private let metrics: NodeMetrics
    /// The last event that was counted.
    private let last: Mutex<Int64>

    /// - Throws: ``StoreError`` where the store can't be read.
    public init(store: Store, metrics: NodeMetrics) throws {
        self.store = store
        self.metrics = metrics
        last = Mutex(try store.lastEvent())
    }

    /// Counts what is new. Two callers at the same time count nothing twice.
    public func look() throws {
        try last.withLock { last in
            while true {
                let progress = try store.progress(after: last)
                guard progress.lastEvent > last else { return }
                metrics.made(progress)
                last = progress.lastEvent
            }
        }
    }
}
