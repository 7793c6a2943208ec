import Synchronization

/// Ends a worker that is too long at one piece of work. A worker that hangs uses no processor time and its claim goes on
/// being renewed, so neither of those limits ends it.
final class WorkerWatch: Sendable {
    private struct State {
        var alarm: Task<Void, Never>?
        var isOverdue = false
    }

    private let limit: Duration
    private let clock: any GatewayClock
    private let kill: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: for one piece of work, by the wall clock.
    ///   - kill: ends the worker at once.
    init(limit: Duration, clock: any GatewayClock, kill: @escaping @Sendable () -> Void) {
        self.limit = limit
        self.clock = clock
        self.kill = kill
    }

    /// Whether the worker was ended for being too long.
    var isOverdue: Bool { state.withLock { $0.isOverdue } }

    func heard(_ word: WorkerWord) {
        switch word {
        case .begins: start()
        case .ends: stop()
        }
    }

    private func start() {
        let deadline = clock.now + limit
        let alarm = Task { [self] in
            do { try await clock.sleep(until: deadline) } catch { return }
            let isDue = state.withLock { state in
                // The word that the work ended may have come at the last moment.
                state.isOverdue = !Task.isCancelled
                return state.isOverdue
            }
            if isDue { kill() }
        }
        replace(alarm)
    }

    /// The work, or the worker, has ended.
    func stop() { replace(nil) }

    private func replace(_ alarm: Task<Void, Never>?) {
        state.withLock { state in
            state.alarm?.cancel()
            state.alarm = alarm
        }
    }
}
