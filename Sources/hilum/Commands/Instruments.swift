import DICOMCore
import DIMSE
import Foundation
import Gateway
import GatewayStore
import Logging
import Operations
import ServiceLifecycle
import Workflow

/// What `serve` puts beside the node for those who watch it.
struct Instruments: Sendable {
    let status = NodeStatus()
    let metrics: NodeMetrics
    let services: [any Service]
    private let configuration: GatewayConfiguration
    private let store: Store
    private let recipe: Recipe
    private let logger: Logger

    init(_ configuration: GatewayConfiguration, store: Store, recipe: Recipe, logger: Logger) throws {
        self.configuration = configuration
        self.store = store
        self.recipe = recipe
        self.logger = logger
        guard let http = configuration.http else {
            metrics = NodeMetrics()
            services = []
            return
        }
        let registry = MetricsRegistry()
        metrics = NodeMetrics(factory: registry, peers: configuration.knownPeers)
        let pages = NodePages(
            store: store, status: status, registry: registry,
            follower: try ProgressFollower(store: store, metrics: metrics),
            facts: NodeFacts(version: hilumVersion, recipe: recipe, configuration: configuration))
        services = [OperationsServer(http, pages: pages, logger: logger)]
    }

    /// What an operator wants to find in the log first: which program runs with what, and what it found.
    func logStart(ports: [Int]) {
        var fields: Logger.Metadata = [
            "version": "\(hilumVersion)", "port": "\(ports.map(String.init).joined(separator: ","))",
            "titles": "\(configuration.node.titles.map(\.string).joined(separator: ","))",
            "tls": "\(configuration.node.tls == nil ? "no" : "yes")",
            "peers": "\(configuration.peers.isEmpty ? "anybody" : "\(configuration.peers.count)")",
            "destinations": "\(configuration.destinations.count)", "workers": "\(configuration.analysis.workers)",
            "bundle": "\(recipe.bundle.prefix(12))", "precision": "\(recipe.precision)",
            "store": "\(store.folder.path)",
        ]
        if let census = try? store.census() { fields.merge(census.fields) { $1 } }
        logger.notice("hilum started", metadata: fields)
    }
}
