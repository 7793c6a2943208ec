import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at SIGHUP. One that is wrong changes nothing.
struct ReloadService: Service {
    private let logger: Logger
    private let reload: @Sendable () throws -> Reloaded

    init(logger: Logger, reload: @escaping @Sendable () throws -> Reloaded) {
        self.logger = logger
        self.reload = reload
    }

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                let changes = try reload()
                logger.notice("configuration read again: \(changes)")
            } catch {
                logger.error("configuration not changed, mend it and reload again: \(error)")
            }
        }
    }
}

/// What a configuration that was read again changed.
struct Reloaded: CustomStringConvertible {
    /// Sections of which something is in force from now on, and of which something waits for the node's next start.
    let taken: [String]
    let waiting: [String]

    /// - Parameters:
    ///   - running: what the node works by.
    ///   - started: what it was started with; nothing else of it has changed since.
    init(_ fresh: GatewayConfiguration, running: GatewayConfiguration, started: GatewayConfiguration) {
        func changed(
            _ other: GatewayConfiguration, _ parts: [(String, @Sendable (GatewayConfiguration) -> AnyHashable)]
        )
            -> [String]
        {
            parts.filter { $0.1(fresh) != $0.1(other) }.map(\.0)
        }
        taken = changed(running, Self.taken)
        waiting = changed(started, Self.waiting)
    }

    private static let taken: [(String, @Sendable (GatewayConfiguration) -> AnyHashable)] = [
        ("AE titles", { $0.node.titles.map(\.string) }), ("peers", { $0.shown("peers") }),
        ("peers of listeners", { $0.listeners.map { "\($0.peers ?? [])" } }),
        ("destinations", { $0.shown("destinations") }), ("retention", { $0.shown("retention") }),
        (
            "limits of associations and PDUs",
            { [$0.node.limits.associations, $0.node.limits.associationsPerPeer, $0.node.limits.pduSize] }
        ),
    ]

    private static let waiting: [(String, @Sendable (GatewayConfiguration) -> AnyHashable)] = [
        ("node.host", { $0.node.host }), ("node.port", { $0.node.port }),
        ("node.tls", { $0.node.tls.map { "\($0)" } }),
        ("listeners", { $0.listeners.map { "\($0.host) \($0.port) \(String(describing: $0.tls))" } }),
        (
            "node.limits",
            {
                let limits = $0.node.limits
                return [limits.objectSize, limits.idle, limits.leastBytesPerSecond, limits.artim, limits.grace]
            }
        ),
        ("assembly", { $0.shown("assembly") }), ("analysis", { $0.shown("analysis") }),
        ("notices", { $0.notices }), ("storage", { $0.shown("storage") }), ("logging", { $0.shown("logging") }),
        ("http", { $0.shown("http") }),
    ]

    var description: String {
        let now = taken.isEmpty ? "nothing else is in force" : "\(taken.joined(separator: ", ")) in force"
        return waiting.isEmpty ? now : "\(now); \(waiting.joined(separator: ", ")) changed and wait for a restart"
    }
}

extension GatewayConfiguration {
    /// One of its sections as `config show` has it.
    fileprivate func shown(_ section: String) -> String {
        let lines = yaml.split(separator: "\n")
        guard let begin = lines.firstIndex(where: { $0.hasPrefix("\(section):") }) else { return "" }
        return lines[begin...].prefix { $0 == lines[begin] || $0.hasPrefix(" ") }.joined(separator: "\n")
    }
}
