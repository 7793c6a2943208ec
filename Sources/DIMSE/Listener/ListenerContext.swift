import DICOMCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What one connection is known by before it has said anything.
struct ConnectionFacts {
    var id: UInt64
    /// Numeric, without the port.
    var address: String
    var addressBytes: [UInt8]?
    /// The peer's certificate (DER); asked for when the TLS handshake is over.
    var certificate: () -> [UInt8]?
}

/// What the connections of a listener share.
final class ListenerContext: Sendable {
    let configuration: ListenerConfiguration
    let provider: any InstanceReceiverProvider
    let pool: NIOThreadPool
    let logger: Logger

    private struct State {
        var policy: NegotiationPolicy
        var isClosing = false
        var lastID: UInt64 = 0
        var connections: [UInt64: (channel: any Channel, address: String, isKnown: Bool)] = [:]
        var associations: [UInt64: AETitle] = [:]
        /// Reception queues that have work.
        var activeQueues = 0
        var waiters: [CheckedContinuation<Void, Never>] = []

        var isEmpty: Bool { connections.isEmpty && activeQueues == 0 }
    }
    private let state: NIOLockedValueBox<State>

    init(
        configuration: ListenerConfiguration, provider: any InstanceReceiverProvider, pool: NIOThreadPool,
        logger: Logger
    ) {
        self.configuration = configuration
        self.provider = provider
        self.pool = pool
        self.logger = logger
        state = NIOLockedValueBox(State(policy: configuration.policy))
    }

    /// What associations are negotiated by from now on.
    var policy: NegotiationPolicy {
        get { state.withLockedValue { $0.policy } }
        set { state.withLockedValue { $0.policy = newValue } }
    }

    /// Counts a new connection in; nil when there are too many, in all or from its address: who opens connections and says
    /// nothing must not lock out everybody else.
    func opened(_ channel: any Channel, from address: String) -> UInt64? {
        state.withLockedValue { state in
            let (open, associations) = (state.connections.values, state.policy.maximumAssociations)
            let limit = max(configuration.maximumConnections, associations + configuration.spareConnections)
            let isKnown = state.policy.knows(AddressRange.bytes(of: address))
            guard !state.isClosing, open.count < limit,
                open.count(where: { $0.address == address }) < max(limit / 2, associations),
                isKnown || open.count(where: { !$0.isKnown }) < max(2, limit / 8)
            else { return nil }
            state.lastID += 1
            state.connections[state.lastID] = (channel, address, isKnown)
            return state.lastID
        }
    }

    func closed(_ id: UInt64) {
        change { state in
            state.connections[id] = nil
            state.associations[id] = nil
        }
    }

    func changed(_ activity: ReceptionQueue.Activity) {
        change { $0.activeQueues += activity == .began ? 1 : -1 }
    }

    private func change(_ body: (inout State) -> Void) {
        let waiters = state.withLockedValue { state in
            body(&state)
            guard state.isEmpty else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// An association is over, though its connection may linger.
    func ended(_ id: UInt64) {
        state.withLockedValue { $0.associations[id] = nil }
    }

    /// The answer to a request; an accepted association is counted at once, so that two at the same time can't both
    /// take the last place.
    func negotiate(_ request: AssociateRequest, peer: ConnectionFacts, certificate: [UInt8]?) -> Negotiation.Answer {
        state.withLockedValue { state in
            let circumstances = Negotiation.Circumstances(
                peerAddress: peer.addressBytes, certificate: certificate, associations: state.associations.count,
                associationsOfPeer: state.associations.values.count { $0 == request.callingTitle },
                isClosing: state.isClosing)
            let answer = Negotiation(policy: state.policy).answer(request, circumstances)
            if case .accept = answer { state.associations[peer.id] = request.callingTitle }
            return answer
        }
    }

    var openAssociations: Int { state.withLockedValue { $0.associations.count } }

    func beginClosing() {
        state.withLockedValue { $0.isClosing = true }
    }

    /// Connections that carry no association.
    func closeIdleConnections() {
        let idle = state.withLockedValue { state in
            state.connections.filter { state.associations[$0.key] == nil }.values.map(\.channel)
        }
        for channel in idle { channel.close(promise: nil) }
    }

    /// Aborts what still runs.
    func abortAll() {
        for channel in state.withLockedValue({ $0.connections.values.map(\.channel) }) {
            channel.eventLoop.execute {
                if let handler = try? channel.pipeline.syncOperations.handler(type: UpperLayerHandler.self),
                    handler.isEstablished
                {
                    handler.abortAndClose(
                        .limit("the listener is closing and the association took longer than its grace time"))
                } else {
                    channel.close(promise: nil)
                }
            }
        }
    }

    /// Returns when no connection is left and no receiver has anything to do.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLockedValue { state in
                if !state.isEmpty { state.waiters.append(continuation) }
                return state.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
    }
}
