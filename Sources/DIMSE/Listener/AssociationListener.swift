public import Logging
import NIOConcurrencyHelpers
public import NIOCore
public import NIOPosix
import NIOSSL

/// A DICOM application entity that waits for associations: Verification and Storage SCP (PS3.4 Annexes A and B).
public final class AssociationListener: Sendable {
    private let configuration: ListenerConfiguration
    private let context: ListenerContext
    private let group: any EventLoopGroup
    private let pool: NIOThreadPool
    private let channel = NIOLockedValueBox<(any Channel)?>(nil)

    /// Binds nothing yet; see ``bind()`` and ``run()``.
    /// - Parameters:
    ///   - configuration: kept but for its policy, which can be replaced.
    ///   - provider: where received objects go; kept as long as the listener.
    ///   - group: where connections live; the process's own by default.
    ///   - logger: told who is rejected and which associations end in an error, never what an object holds.
    public init(
        configuration: ListenerConfiguration, provider: any InstanceReceiverProvider,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger
    ) {
        self.configuration = configuration
        self.group = group
        pool = NIOThreadPool(numberOfThreads: max(1, configuration.receptionThreads))
        context = ListenerContext(configuration: configuration, provider: provider, pool: pool, logger: logger)
    }

    /// Begins to listen. To be called once.
    /// - Returns: the port, which is of interest when the configuration's is 0.
    /// - Throws: ``UpperLayerError/tls(_:)``, ``UpperLayerError/listener(_:)``
    @discardableResult
    public func bind() async throws -> Int {
        let tls = try configuration.tls?.serverContext()
        let context = context
        pool.start()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 65536, maximum: 262_144)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, context, tls) }
            }
        do {
            let bound = try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
            channel.withLockedValue { $0 = bound }
            return bound.localAddress?.port ?? configuration.port
        } catch {
            let (host, port) = (configuration.host, configuration.port)
            throw UpperLayerError.listener(ListenerFault.sentence(host: host, port: port, error))
        }
    }

    /// Listens until `close`. Binds when `bind` has not been called.
    /// - Throws: what ``bind()`` throws.
    public func run() async throws {
        if channel.withLockedValue({ $0 }) == nil { try await bind() }
        try await channel.withLockedValue { $0 }?.closeFuture.get()
        await context.waitUntilEmpty()
    }

    /// Takes no new associations, lets those that run finish, and aborts what is left after `grace`. Returns when no
    /// connection is open and every receiver that was told to finish has finished.
    public func close(grace: Duration) async {
        context.beginClosing()
        try? await channel.withLockedValue { $0 }?.close()
        context.closeIdleConnections()
        let abort = group.any().scheduleTask(in: TimeAmount(grace)) { [context] in context.abortAll() }
        await context.waitUntilEmpty()
        abort.cancel()
        try? await pool.shutdownGracefully()
    }

    /// Replaces the policy, for associations that are asked for from now on.
    public func update(policy: NegotiationPolicy) {
        context.policy = policy
    }

    /// Associations that are established now.
    public var openAssociations: Int { context.openAssociations }

    private static func prepare(_ channel: any Channel, _ context: ListenerContext, _ tls: NIOSSLContext?) throws {
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        guard let id = context.opened(channel, from: address) else {
            channel.close(promise: nil)
            context.provider.connectionRefused(from: address)
            return
        }
        channel.closeFuture.whenComplete { _ in context.closed(id) }
        let pipeline = channel.pipeline.syncOperations
        var handshake: NIOSSLServerHandler?
        if let tls {
            let handler = NIOSSLServerHandler(context: tls)
            try pipeline.addHandler(handler)
            handshake = handler
        }
        let facts = ConnectionFacts(
            id: id, address: address, addressBytes: AddressRange.bytes(of: address),
            certificate: { [handshake] in handshake?.peerCertificate.flatMap { try? $0.toDERBytes() } })
        let acceptor = AssociationAcceptor(listener: context, peer: facts, loop: channel.eventLoop)
        let limits = PDUDecoder.Limits(data: Int(context.policy.maximumLength))
        try pipeline.addHandler(
            UpperLayerHandler(.acceptor, user: acceptor, limits: limits, times: context.configuration.times))
    }
}
