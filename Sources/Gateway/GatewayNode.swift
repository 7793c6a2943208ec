import DICOMCore
public import DIMSE
public import Foundation
public import GatewayStore
public import Logging
public import ServiceLifecycle
import Synchronization
import UnixSignals
public import Workflow

/// The running node: listener, assembly, supervision, delivery and retention as services in one group. SIGTERM and SIGINT drain:
/// the listener goes first, so that nothing is acknowledged that the others don't hear of; what they had not done is in
/// the store.
public struct GatewayNode: Sendable {
    private let store: Store
    private let assembly: AssemblyService
    private let supervisor: WorkerSupervisor
    private let delivery: DeliveryService
    private let notices: NoticeService
    private let retention: RetentionService
    private let listeners: [AssociationListener]
    private let configuration: GatewayConfiguration
    private let transcoder: StoreBatch.Transcoder?
    private let recipe: Recipe
    private let bundle: BundleWatch?
    private let status: NodeStatus
    private let metrics: NodeMetrics
    private let logger: Logger

    /// - Parameters:
    ///   - recipe: of the workers, which jobs are made for.
    ///   - launcher: starts workers.
    ///   - bundle: looks whether the workers' bundle changes.
    ///   - transcoder: for destinations that do not take results as they are written.
    ///   - status: kept up to date for whoever asks how the node stands.
    ///   - metrics: told of what happens.
    ///   - identify: who the patient of an object's file is, for receivers of notices that are to hear it.
    public init(
        _ configuration: GatewayConfiguration, store: Store, recipe: Recipe, launcher: any WorkerLauncher,
        bundle: BundleWatch? = nil, transcoder: StoreBatch.Transcoder?, status: NodeStatus = NodeStatus(),
        metrics: NodeMetrics = NodeMetrics(), logger: Logger,
        identify: @escaping @Sendable (URL) -> StudyIdentification? = { _ in nil }
    ) {
        self.configuration = configuration
        self.transcoder = transcoder
        self.store = store
        self.recipe = recipe
        self.bundle = bundle
        self.status = status
        self.metrics = metrics
        self.logger = logger
        let delivery = DeliveryService(store: store, metrics: metrics, logger: logger)
        let notices = NoticeService(
            store: store, receivers: configuration.notices, sender: CurlSender(),
            title: configuration.node.titles.first?.string ?? "HILUM", logger: logger, identify: identify)
        let supervisor = WorkerSupervisor(
            store: store, launcher: launcher, count: configuration.analysis.workers,
            prefix: "\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: .min ... .max))",
            grace: .seconds(configuration.node.limits.grace),
            longestWork: .seconds(configuration.analysis.jobWall), status: status, metrics: metrics, logger: logger,
            said: { _ in
                delivery.look()
                notices.look()
            })
        let assembly = AssemblyService(
            store: store,
            settings: AssemblyPlan.Settings(
                quietTime: .seconds(configuration.assembly.quiet),
                longestWait: .seconds(configuration.assembly.longestWait)),
            recipe: recipe, logger: logger
        ) { _, _ in supervisor.look() }
        let reception = Reception(store: store, settings: configuration.reception) { arrival, disposition in
            switch disposition {
            case .kept(let study, let opensStudy): if opensStudy { assembly.arrived(study) }
            case .setAside: supervisor.look()
            case .same, .refused: break
            }
        }
        retention = RetentionService(
            store: store, meter: reception.meter, policy: configuration.retentionPolicy, logger: logger)
        let provider = SpoolReceiverProvider(reception: reception, status: status, metrics: metrics, logger: logger)
        listeners = configuration.ports.map { port in
            AssociationListener(configuration: port, provider: provider, logger: logger)
        }
        (self.assembly, self.supervisor, self.delivery, self.notices) = (assembly, supervisor, delivery, notices)
    }

    /// Recovers the store, then runs until a signal says to stop.
    /// - Parameters:
    ///   - manager: told when associations are taken, that the node lives, and that it stops.
    ///   - beside: services for those who watch the node; they start before it and stop after it.
    ///   - reload: reads the configuration again, at SIGHUP.
    ///   - ready: told the ports, the node's own first, once associations are taken at all of them.
    public func run(
        manager: ServiceManager? = nil, beside: [any Service] = [],
        reload: @escaping @Sendable () throws -> GatewayConfiguration,
        ready: @escaping @Sendable ([Int]) -> Void
    ) async throws {
        let doctor = Doctor(configuration)
        let clockLine = doctor.clock(newest: try store.summary().newestEvent)
        for line in doctor.certificates() + doctor.notices() + [clockLine] where line.state != .ok {
            logger.warning("\(line.name): \(line.says)")
        }
        let report = try store.recover(recipe: recipe)
        logger.notice("recovery: \(report)")
        try delivery.setRoutes(configuration.routes(transcoder: transcoder))
        try store.setNoticeReceivers(
            Dictionary(configuration.notices.map { ($0.name, $0.rule) }) { first, _ in first })
        try store.setLimit(configuration.storage.limit.map(Int64.init))
        try store.note(.started, "port \(configuration.node.port)")
        let running = Mutex(configuration)
        let reloading = ReloadService(logger: logger) {
            [configuration, delivery, retention, listeners, transcoder, metrics] in
            let fresh = try reload()
            metrics.peersChanged(fresh.knownPeers)
            try delivery.setRoutes(fresh.routes(transcoder: transcoder))
            listeners[0].update(policy: fresh.ports[0].policy)
            for (listener, started) in zip(listeners, configuration.ports).dropFirst() {
                let same = fresh.ports.dropFirst().first { ($0.host, $0.port) == (started.host, started.port) }
                if let same { listener.update(policy: same.policy) }
            }
            retention.update(fresh.retentionPolicy)
            return running.withLock { running in
                defer { running = fresh }
                return Reloaded(fresh, running: running, started: configuration)
            }
        }
        let grace = Duration.seconds(configuration.node.limits.grace)
        let bound = Mutex([Int?](repeating: nil, count: listeners.count))
        let listening = listeners.enumerated().map { index, listener in
            ListenerService(listener: listener, grace: grace, status: status) { port in
                let ports = bound.withLock { bound in
                    bound[index] = port
                    return bound.compactMap(\.self)
                }
                if ports.count == listeners.count { ready(ports) }
            }
        }
        // They are stopped in reverse order: the listeners first.
        let clock = ClockService(
            store: store, clock: SystemClock(), wall: { Date() }, logger: logger,
            wasSet: { [supervisor, delivery, notices] in
                supervisor.look()
                delivery.look()
                notices.look()
            })
        let watching: [any Service] = [clock, notices] + (bundle.map { [$0] } ?? [])
        let services: [any Service] =
            (watching + [retention, delivery, supervisor, assembly, reloading] + listening).map(BlockingService.init)
        let watchdog = manager.map { WatchdogService(manager: $0, clock: SystemClock()) }
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: (beside + services + [watchdog].compactMap(\.self)).map {
                    ServiceGroupConfiguration.ServiceConfiguration(service: $0)
                },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        try store.note(.stopped, "drained")
        logger.notice("hilum stopped", metadata: (try? store.census().fields) ?? [:])
        try store.close()
    }
}
