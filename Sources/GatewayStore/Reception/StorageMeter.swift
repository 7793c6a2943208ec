import Foundation
import Synchronization

/// What is free for a store: on the disk, and under the limit that it was given. What it takes is measured now and then and
/// counted in between, since every object asks.
public final class StorageMeter: Sendable {
    private let store: Store
    /// Bytes; nil: as many as the disk has.
    public let limit: Int64?
    private let state: Mutex<State>

    private struct State {
        /// Nil before it was measured.
        var used: Int64?
        /// Received since.
        var received: Int64 = 0
    }

    public init(store: Store, limit: Int64?) {
        self.store = store
        self.limit = limit
        state = Mutex(State())
    }

    /// Bytes that may still be written; none where the limit is passed.
    /// - Parameter anew: measures first.
    public func free(anew: Bool = false) throws -> Int64 {
        let disk = try store.files.freeBytes(store.layout.incoming)
        guard let limit else { return disk }
        if anew || state.withLock({ $0.used == nil }) { try measure() }
        return min(disk, max(0, limit - state.withLock { ($0.used ?? 0) + $0.received }))
    }

    private func measure() throws {
        // What comes while it is measured may count twice, which the next measuring mends; never not at all.
        state.withLock { $0.received = 0 }
        let total = try store.spaceUse().total
        state.withLock { $0.used = total }
    }

    /// Received since it was last measured; it is worth while to measure anew when that is much.
    public var received: Int64 { state.withLock { $0.received } }

    /// Bytes of an object have come.
    /// - Throws: ``StoreError/notEnoughRoom(path:free:wanted:)`` where they are over the limit.
    func take(_ bytes: Int64) throws {
        guard let limit else { return }
        let free = state.withLock { state in
            state.received += bytes
            return limit - (state.used ?? 0) - state.received
        }
        if free < 0 { throw StoreError.notEnoughRoom(path: store.folder.path, free: 0, wanted: bytes) }
    }
}
