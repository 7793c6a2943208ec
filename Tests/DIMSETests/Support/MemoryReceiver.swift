import DICOMCore
import DIMSE
import Foundation
import Logging
import Synchronization

/// Keeps what is received in memory, and what happened in order.
final class MemoryProvider: InstanceReceiverProvider {
    struct Received: Sendable {
        var request: StoreRequest
        var facts: AssociationFacts
        var bytes: [UInt8]
    }

    private struct State {
        var received: [Received] = []
        var abandoned = 0
        var opened: [AssociationFacts] = []
        var closed: [UpperLayerError?] = []
        var waiters: [(check: (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    /// Refuses what it returns a status for.
    let refusal: @Sendable (StoreRequest) -> DIMSEStatus?
    /// Called on each write, where blocking is allowed.
    let onWrite: @Sendable (Int) throws -> Void
    let answer: @Sendable () async -> DIMSEStatus

    init(
        refusal: @escaping @Sendable (StoreRequest) -> DIMSEStatus? = { _ in nil },
        onWrite: @escaping @Sendable (Int) throws -> Void = { _ in },
        answer: @escaping @Sendable () async -> DIMSEStatus = { .success }
    ) {
        self.refusal = refusal
        self.onWrite = onWrite
        self.answer = answer
    }

    var received: [Received] { state.withLock { $0.received } }
    var abandoned: Int { state.withLock { $0.abandoned } }
    var closed: [UpperLayerError?] { state.withLock { $0.closed } }

    func receiver(for request: StoreRequest, on association: AssociationFacts) throws -> any InstanceReceiver {
        if let status = refusal(request) { throw status }
        return MemoryReceiver(request, association, self)
    }

    func associationOpened(_ association: AssociationFacts) { change { $0.opened.append(association) } }

    func associationClosed(_ association: AssociationFacts, error: UpperLayerError?) {
        change { $0.closed.append(error) }
    }

    fileprivate func add(_ object: Received) { change { $0.received.append(object) } }
    fileprivate func addAbandoned() { change { $0.abandoned += 1 } }

    private func change(_ body: (inout State) -> Void) {
        let ready = state.withLock { state in
            body(&state)
            let waiters = state.waiters
            let ready = waiters.filter { $0.check(state) }
            state.waiters = waiters.filter { !$0.check(state) }
            return ready.map(\.continuation)
        }
        for continuation in ready { continuation.resume() }
    }

    private func wait(until check: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !check(state) { state.waiters.append((check, continuation)) }
                return check(state)
            }
            if isReady { continuation.resume() }
        }
    }

    func waitForAbandoned(_ count: Int) async { await wait { $0.abandoned >= count } }
    func waitForClosed(_ count: Int) async { await wait { $0.closed.count >= count } }
    func waitForOpened(_ count: Int) async { await wait { $0.opened.count >= count } }
    func waitForReceived(_ count: Int) async { await wait { $0.received.count >= count } }
}

private final class MemoryReceiver: InstanceReceiver {
    private let request: StoreRequest
    private let facts: AssociationFacts
    private let provider: MemoryProvider
    private let bytes = Mutex<[UInt8]>([])

    init(_ request: StoreRequest, _ facts: AssociationFacts, _ provider: MemoryProvider) {
        self.request = request
        self.facts = facts
        self.provider = provider
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try provider.onWrite(bytes.count)
        self.bytes.withLock { $0.append(contentsOf: bytes) }
    }

    func finish() async -> DIMSEStatus {
        let status = await provider.answer()
        provider.add(.init(request: request, facts: facts, bytes: bytes.withLock { $0 }))
        return status
    }

    func abandon() { provider.addAbandoned() }
}

extension ListenerConfiguration {
    /// On a free port of 127.0.0.1.
    static func loopback(_ change: (inout ListenerConfiguration) -> Void = { _ in }) -> ListenerConfiguration {
        var configuration = ListenerConfiguration()
        configuration.host = "127.0.0.1"
        configuration.port = 0
        change(&configuration)
        return configuration
    }
}

/// A listener for the length of `body`.
@discardableResult
func withListener<Result>(
    _ provider: any InstanceReceiverProvider, _ configuration: ListenerConfiguration = .loopback(),
    _ body: (Int, AssociationListener) async throws -> Result
) async throws -> Result {
    let listener = AssociationListener(
        configuration: configuration, provider: provider,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let port = try await listener.bind()
    do {
        let result = try await body(port, listener)
        await listener.close(grace: .milliseconds(100))
        return result
    } catch {
        await listener.close(grace: .zero)
        throw error
    }
}
