import Foundation
public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
import Workflow

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
        /// What destinations said and the database did not take yet.
        var unwritten: [(delivery: Delivery, outcome: DeliveryOutcome)] = []
    }

    private let store: Store
    private let clock: any GatewayClock
    private let metrics: NodeMetrics
    private let logger: Logger
    private let state = Mutex(State())
    private let changed = Wake()
    /// How often the outbox is asked for what another process put into it.
    private let lookEvery: Duration
    private let batchSize = 64
    /// Seconds after which a batch that was not heard of is sent again. Results are small.
    private let lease = 600.0
    private let owner: Owner

    public init(
        store: Store, clock: any GatewayClock = SystemClock(), lookEvery: Duration = .seconds(2),
        metrics: NodeMetrics = NodeMetrics(), logger: Logger
    ) {
        self.store = store
        self.metrics = metrics
        self.clock = clock
        self.lookEvery = lookEvery
        self.logger = logger
        owner = Owner(node: store.node, worker: "delivery")
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
            writeUnwritten()
            let batch = try store.claimDeliveries(to: name, by: owner, limit: batchSize, lease: lease)
            return batch.isEmpty ? false : try await send(batch, by: route)
        } catch {
            logger.error("the outbox can't be read or written: \(error)", metadata: ["destination": "\(name)"])
            return false
        }
    }

    /// - Returns: whether anything came to an end, so that another look is worth while.
    private func send(_ batch: [Delivery], by route: Route) async throws -> Bool {
        let open = Mutex(Set(batch.map(\.id)))
        do {
            try await route.sender.send(batch) { delivery, outcome in
                try self.settle(delivery, outcome)
                _ = open.withLock { $0.remove(delivery.id) }
            }
        } catch {
            logger.warning(
                "delivery failed: \(error)",
                metadata: ["destination": "\(route.record.name)", "objects": "\(batch.count)"])
            let cause = Cause(.destination, "\(error)")
            let rest = open.withLock { $0 }
            for delivery in batch where rest.contains(delivery.id) { try settle(delivery, .failed(cause)) }
            return rest.count < batch.count
        }
        // What did not fit into the association comes with the next batch.
        let rest = open.withLock { $0 }
        for delivery in batch where rest.contains(delivery.id) { try settle(delivery, .notTried) }
        return rest.count < batch.count
    }

    /// What a destination said is kept until the database takes it: what it accepted must not be sent again for that.
    private func settle(_ delivery: Delivery, _ outcome: DeliveryOutcome) throws {
        do {
            try write(delivery, outcome)
        } catch StoreError.refused(let refusal) {
            logger.warning("\(refusal)", metadata: ["delivery": "\(delivery.id)"])
        } catch let error as StoreError where outcome.isAccepted || error.cause.blame == .node {
            logger.warning("the outbox waits: \(error)", metadata: ["delivery": "\(delivery.id)"])
            state.withLock { $0.unwritten.append((delivery, outcome)) }
        }
    }

    private func writeUnwritten() {
        let unwritten = state.withLock { state in
            defer { state.unwritten = [] }
            return state.unwritten
        }
        for (delivery, outcome) in unwritten {
            do {
                try settle(delivery, outcome)
            } catch {
                logger.error("what became of it is not written: \(error)", metadata: ["delivery": "\(delivery.id)"])
            }
        }
    }

    private func write(_ delivery: Delivery, _ outcome: DeliveryOutcome) throws {
        let state = try store.settle(delivery: delivery.id, by: owner, outcome)
        // Afterwards, since what is being sent does not hear that its file is gone for good.
        if outcome.isOfItsFile { try store.checkFile(of: delivery) }
        // What was put back untried is no event.
        guard outcome != .notTried else { return }
        metrics.tried(delivery, outcome)
        if state == .delivered, let course = try store.course(ofDelivery: delivery.id) {
            metrics.delivered(delivery, course)
        }
        let advice = state == .dead ? "; it is not tried again until somebody does (hilum queue retry)" : ""
        logger.log(
            level: outcome.level(state), "\(delivery.document): \(outcome)\(advice)",
            metadata: [
                "destination": "\(delivery.destination)", "object": "\(delivery.object.sopInstance)",
                "study": "\(delivery.object.study)",
            ])
    }
}

extension DeliveryOutcome {
    /// How much it matters to the operator.
    /// - Parameter state: of the delivery after it.
    fileprivate func level(_ state: DeliveryState) -> Logger.Level {
        switch self {
        case _ where state == .dead: .error
        case .accepted(let warning): warning == nil ? .info : .notice
        case .failed, .refused: .warning
        case .classNotTaken, .notTried: .notice
        }
    }

    fileprivate var isAccepted: Bool { if case .accepted = self { true } else { false } }

    fileprivate var isOfItsFile: Bool {
        if case .failed(let cause) = self { cause.kind == .fileMissing } else { false }
    }
}
