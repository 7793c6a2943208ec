public import DIMSE
public import ServiceLifecycle

/// The listener as a service: at a graceful shutdown it takes no new associations and gives running ones time to end.
public struct ListenerService: Service {
    private let listener: AssociationListener
    private let grace: Duration
    private let status: NodeStatus
    private let ready: @Sendable (_ port: Int) -> Void

    /// - Parameter ready: called once the port is bound.
    public init(
        listener: AssociationListener, grace: Duration, status: NodeStatus = NodeStatus(),
        ready: @escaping @Sendable (_ port: Int) -> Void
    ) {
        self.listener = listener
        self.grace = grace
        self.status = status
        self.ready = ready
    }

    public func run() async throws {
        let port = try await listener.bind()
        status.change { $0.isListening = true }
        ready(port)
        try? await gracefulShutdown()
        status.change { $0.isStopping = true }
        await listener.close(grace: grace)
    }
}
