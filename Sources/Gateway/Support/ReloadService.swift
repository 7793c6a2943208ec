import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at SIGHUP. One that is wrong changes nothing.
struct ReloadService: Service {
    private let logger: Logger
    private let reload: @Sendable () throws -> Void

    init(logger: Logger, reload: @escaping @Sendable () throws -> Void) {
        self.logger = logger
        self.reload = reload
    }

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try reload()
                logger.notice("configuration read again: destinations and peers are in force")
            } catch {
                logger.error("configuration not changed: \(error)")
            }
        }
    }
}
