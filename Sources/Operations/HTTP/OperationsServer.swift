import Foundation
public import Gateway
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle

/// Health and metrics over HTTP. It asks nobody who they are, so it answers questions only: nothing can be changed here.
public struct OperationsServer: Service {
    private let settings: GatewayConfiguration.HTTP
    private let pages: NodePages
    private let logger: Logger
    private let ready: @Sendable (Int) -> Void

    /// - Parameter ready: told the port once it is bound.
    public init(
        _ settings: GatewayConfiguration.HTTP, pages: NodePages, logger: Logger,
        ready: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        self.settings = settings
        self.pages = pages
        self.logger = logger
        self.ready = ready
    }

    public func run() async throws {
        var quiet = logger
        // What a peer sends is no event of the node.
        quiet.logLevel = max(.warning, logger.logLevel)
        let application = Application(
            router: router, server: .http1(configuration: Self.limits),
            configuration: ApplicationConfiguration(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: .maximum(64, logger: quiet)),
            onServerRunning: { [logger, settings, ready] channel in
                let port = channel.localAddress?.port ?? settings.port
                logger.notice("health and metrics", metadata: ["url": "http://\(settings.host):\(port)/metrics"])
                ready(port)
            }, logger: quiet)
        do {
            try await application.run()
        } catch {
            throw OperationsError.cannotListen(host: settings.host, port: settings.port, why: Self.why(error))
        }
    }

    private static func why(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }

    private static let limits = HTTP1Channel.Configuration(
        idleTimeout: .seconds(120),
        httpDecoderConfiguration: HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: 8 << 10, maxHeaderListSize: 16 << 10, maxHeaderFieldCount: 100))

    private var router: Router<BasicRequestContext> {
        let router = Router(options: .autoGenerateHeadEndpoints)
        router.get("health/live") { _, _ in Self.page("alive\n") }
        router.get("health/ready") { [pages] _, _ in
            let readiness = try await blocking { pages.readiness() }
            let text = readiness.isReady ? "ready" : "not ready\n" + readiness.problems.joined(separator: "\n")
            return Self.page(text + "\n", status: readiness.isReady ? .ok : .serviceUnavailable)
        }
        router.get("metrics") { [pages] _, _ in
            Self.page(try await blocking { pages.metrics() }, type: TextExposition.contentType)
        }
        return router
    }

    private static func page(
        _ text: String, status: HTTPResponse.Status = .ok, type: String = "text/plain; charset=utf-8"
    ) -> Response {
        Response(
            status: status,
            headers: [.contentType: type, .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}

/// Why the node can't answer over HTTP, and what to do.
public enum OperationsError: Error, Equatable, Sendable, CustomStringConvertible {
    case cannotListen(host: String, port: Int, why: String)

    public var description: String {
        switch self {
        case .cannotListen(let host, let port, let why):
            "http: \(host) port \(port) can't be bound (\(why)); check http.host, choose another http.port, or stop the "
                + "program that uses it (`ss -ltnp` names it)"
        }
    }
}
