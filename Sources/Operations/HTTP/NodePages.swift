public import Foundation
public import Gateway
public import GatewayStore

/// What a node tells of itself, as texts. Everything here blocks.
public struct NodePages: Sendable {
    private let store: Store
    private let status: NodeStatus
    private let registry: MetricsRegistry
    private let follower: ProgressFollower
    private let facts: NodeFacts
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - registry: what the node's `NodeMetrics` record into.
    ///   - follower: asked before the registry is read.
    public init(
        store: Store, status: NodeStatus, registry: MetricsRegistry, follower: ProgressFollower, facts: NodeFacts,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.store = store
        self.status = status
        self.registry = registry
        self.follower = follower
        self.facts = facts
        self.now = now
    }

    /// In Prometheus's text format. Where the database can't be read, what comes from it is left out.
    func metrics() -> String {
        let began = ContinuousClock.now
        let census = Result {
            try follower.look()
            return try store.census()
        }
        let space = try? store.space()
        let status = status.value
        let readings = NodeReadings(
            facts: facts, status: status, census: try? census.get(), space: space,
            readiness: Readiness(
                status, database: Self.problem(census), space: space, lowWatermark: facts.lowWatermark), now: now())
        let families =
            readings.families + registry.families() + (ProcessReadings.current()?.families ?? [])
        let seconds = (ContinuousClock.now - began) / Duration.seconds(1)
        return TextExposition(
            families + [.gauge("hilum_scrape_seconds", "For how long this page was made.", seconds)]
        ).text
    }

    func readiness() -> Readiness {
        Readiness(
            status.value, database: Self.problem(Result { try store.checkWritable() }), space: try? store.space(),
            lowWatermark: facts.lowWatermark)
    }

    private static func problem<Value>(_ result: Result<Value, any Error>) -> String? {
        if case .failure(let error) = result { "\(error)" } else { nil }
    }
}
