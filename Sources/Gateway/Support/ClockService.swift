import Foundation
import GatewayStore
import Logging
import ServiceLifecycle

/// Looks whether somebody set the wall clock. Waits are kept as times of day, so that they outlive the node; put back by
/// five minutes, a clock would make work wait for five minutes more.
struct ClockService: Service {
    let store: Store
    let clock: any GatewayClock
    let wall: @Sendable () -> Date
    let logger: Logger
    /// Told when what waits has become due.
    let wasSet: @Sendable () -> Void
    private let lookEvery = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var watch = ClockWatch()
            var isOwed = false
            while !Task.isCancelled {
                if watch.jumped(wall: wall(), passed: clock.now) {
                    logger.warning("the machine's clock was set; what waits for another try is tried now")
                    isOwed = true
                }
                if isOwed { isOwed = !hurry() }
                do { try await clock.sleep(until: clock.now + lookEvery) } catch { return }
            }
        }
    }

    /// - Returns: false where the database takes nothing now; the next look tries again.
    private func hurry() -> Bool {
        do {
            try store.clockWasSet()
        } catch {
            logger.error("what waits can't be made due after the clock was set: \(error)")
            return false
        }
        wasSet()
        return true
    }
}
