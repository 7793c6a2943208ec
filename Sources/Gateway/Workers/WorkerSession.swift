import Foundation
import Synchronization

/// A worker process from its start to its end: turn after turn while there is work, else it waits for a word on its
/// standard input, or a while. It ends after the piece of work at hand when its input ends or SIGTERM comes, and when the
/// process is damaged, so that a new one takes its place.
public struct WorkerSession: Sendable {
    private let loop: WorkerLoop
    private let limits: WorkerLimits
    private let isSupervised: Bool
    /// Seconds between looks when nobody says anything.
    private let pause: TimeInterval = 5

    public init(loop: WorkerLoop, limits: WorkerLimits, isSupervised: Bool) {
        self.loop = loop
        self.limits = limits
        self.isSupervised = isSupervised
    }

    /// - Parameter say: told of each piece of work when it begins and when it ends.
    /// - Throws: ``GatewayError/damagedWorker(_:)`` after the piece of work that did the damage; other errors when nothing can
    ///   be worked on.
    public func run(say: (WorkerWord) -> Void) throws {
        let orders = Orders()
        orders.listen(toInput: isSupervised)
        var failures = 0
        while !orders.isOver {
            do {
                try limits.applyToNextJob()
                let turn = try oneTurn(say)
                failures = 0
                if let damage = loop.damage { throw damage }
                switch turn {
                case .nothingToDo, .postponed: orders.wait(pause)
                case .done, .failed, .compared: break
                }
            } catch let error as GatewayError {
                throw error
            } catch {
                // A locked database passes; one that stays away does not.
                failures += 1
                if failures == 10 { throw error }
                orders.wait(pause)
            }
        }
    }

    private func oneTurn(_ say: (WorkerWord) -> Void) throws -> WorkerLoop.Turn {
        var outcome: String?
        defer { if let outcome { say(.ends(outcome)) } }
        let turn = try loop.turn {
            say(.begins)
            outcome = "without a result"
        }
        if outcome != nil { outcome = "\(turn)" }
        return turn
    }
}

/// SIGTERM came. A signal's handler may touch nothing else.
private let terminated = Atomic(false)

/// What a worker is told while it waits.
private final class Orders: Sendable {
    private struct State {
        var isOver = false
        var hasNews = false
    }
    private let condition = NSCondition()
    private let state = Mutex(State())

    var isOver: Bool { terminated.load(ordering: .relaxed) || state.withLock { $0.isOver } }

    func listen(toInput: Bool) {
        signal(SIGTERM) { _ in terminated.store(true, ordering: .relaxed) }
        guard toInput else { return }
        Thread.detachNewThread { [self] in
            while !FileHandle.standardInput.availableData.isEmpty { tell { $0.hasNews = true } }
            tell { $0.isOver = true }
        }
    }

    private func tell(_ change: (inout State) -> Void) {
        condition.lock()
        state.withLock { change(&$0) }
        condition.signal()
        condition.unlock()
    }

    func wait(_ seconds: TimeInterval) {
        condition.lock()
        defer { condition.unlock() }
        let limit = Date(timeIntervalSinceNow: seconds)
        while !state.withLock({ $0.isOver || $0.hasNews }), condition.wait(until: limit) {}
        state.withLock { $0.hasNews = false }
    }
}
