import ServiceLifecycle

/// Tells the service manager that the node lives, twice in each of its intervals, and that it stops. The word comes from
/// Swift's own pool: where that stands still the manager hears nothing, and starts the node again.
struct WatchdogService: Service {
    let manager: ServiceManager
    let clock: any GatewayClock

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while let interval = manager.watchdog {
                manager.alive()
                do { try await clock.sleep(until: clock.now + interval / 2) } catch { return }
            }
            try? await gracefulShutdown()
        }
        manager.stopping()
    }
}
