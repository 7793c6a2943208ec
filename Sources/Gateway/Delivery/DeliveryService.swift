import Foundation
public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
public import Workflow

/// Brings result objects to their destinations. Each destination has a task of its own, so one that is down or slow
/// keeps nobody waiting.
public final class DeliveryService: Service {
    public struct Route: Sendable {
        public var record: DestinationRecord
        public var sender: any ResultSender

        public init(record: DestinationRecord, sender: any ResultSender) {
            self.record = record
            self.sender = sender
        }
    }

    private struct State {
        var routes: [String: Route] = [:]
        var wakes: [String: Wake] = [:]
    }

    private let store: Store
    private let backoff: Backoff
    private let clock: any GatewayClock
    private let random: @Sendable () -> Double
    private let logger: Logger
    private let state = Mutex(State())
    private let changed = Wake()
    /// How often the outbox is asked for what another process put into it.
    private let lookEvery: Duration
    private let batchSize = 64

    public init(
        store: Store, backoff: Backoff = Backoff(), clock: any GatewayClock = SystemClock(),
        lookEvery: Duration = .seconds(2), logger: Logger,
        random: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.store = store
        self.backoff = backoff
        self.clock = clock
        self.lookEvery = lookEvery
        self.logger = logger
        self.random = random
    }

    /// Replaces the destinations, at start and when the configuration is read again.
    public func setRoutes(_ routes: [Route]) throws {
        try store.setDestinations(routes.map(\.record))
        state.withLock { state in
            state.routes = Dictionary(uniqueKeysWithValues: routes.map { ($0.record.name, $0) })
            for wake in state.wakes.values { wake.signal() }
        }
        changed.signal()
    }

    /// Something new may be in the outbox.
    public func look() {
        state.withLock { state in
            for wake in state.wakes.values { wake.signal() }
        }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                while !Task.isCancelled {
                    for (name, wake) in self.newDestinations() {
                        group.addTask { await self.serve(name, wake) }
                    }
                    await self.changed.wait(until: nil, self.clock)
                }
            }
        }
    }

    private func newDestinations() -> [(String, Wake)] {
        state.withLock { state in
            let new = state.routes.keys.filter { state.wakes[$0] == nil }.map { ($0, Wake()) }
            for (name, wake) in new { state.wakes[name] = wake }
            return new
        }
    }

    /// Works for one destination until the service ends; one that is taken out of the configuration rests.
    private func serve(_ name: String, _ wake: Wake) async {
        while !Task.isCancelled {
            let more = await deliver(to: name)
            if more { continue }
            await wake.wait(until: clock.now + lookEvery, clock)
        }
    }

    /// One batch of what is due.
    /// - Returns: whether more may be due at once.
    func deliver(to name: String) async -> Bool {
        guard let route = state.withLock({ $0.routes[name] }) else { return false }
        do {
            let batch = try store.dueDeliveries(
                to: name, limit: batchSize, longestDelay: backoff.longest.seconds)
            return batch.isEmpty ? false : try await send(batch, by: route)
        } catch {
            logger.error("the outbox can't be read or written: \(error)", metadata: ["destination": "\(name)"])
            return false
        }
    }

    /// - Returns: whether anything came to an end, so that another look is worth while.
    private func send(_ batch: [Delivery], by route: Route) async throws -> Bool {
        let ended = Mutex(0)
        do {
            try await route.sender.send(batch) { delivery, outcome in
                try self.settle(delivery, outcome)
                ended.withLock { $0 += 1 }
            }
        } catch {
            logger.warning(
                "delivery failed: \(error)",
                metadata: ["destination": "\(route.record.name)", "objects": "\(batch.count)"])
            for delivery in batch { try settle(delivery, .failed("\(error)")) }
        }
        return ended.withLock { $0 > 0 }
    }

    private func settle(_ delivery: Delivery, _ outcome: SendOutcome) throws {
        switch outcome {
        case .accepted(let warning): try store.settle(delivery: delivery.id, .delivered(warning: warning))
        case .refused(let error): try store.settle(delivery: delivery.id, .refused(error: error))
        case .classNotTaken(let error): try store.settle(delivery: delivery.id, .classNotTaken(error: error))
        case .failed(let error):
            let delay = backoff.delay(afterTries: delivery.tries + 1, random: random())
            try store.settle(delivery: delivery.id, .later(after: delay.seconds, error: error))
        }
        logger.info(
            "\(delivery.kind): \(outcome)",
            metadata: [
                "destination": "\(delivery.destination)", "object": "\(delivery.object.sopInstance)",
                "study": "\(delivery.object.study)",
            ])
    }
}

extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
