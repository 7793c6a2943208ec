/// The protocol machine of the upper layer (PS3.8 §9.2): a table from state and event to actions and next state. Holds
/// no connection, no timer and no data.
struct AssociationStateMachine: Sendable {
    private(set) var state: AssociationState = .sta1

    init() {}

    /// A state to begin from, for tests of one transition.
    init(state: AssociationState) {
        self.state = state
    }

    /// Moves on `event`. An event of the local application that its state doesn't allow changes nothing.
    mutating func handle(_ event: AssociationEvent) -> [AssociationAction] {
        switch event {
        case .localAssociateRequest, .transportConnected, .transportIndication, .localAccept, .localReject, .localData,
            .localReleaseRequest, .localReleaseResponse, .localAbort:
            return handleLocal(event)
        case .transportClosed: return handleTransportClosed()
        case .artimExpired:
            guard state == .sta2 || state == .sta13 else { return [] }
            return move(.sta1, [.stopARTIM, .closeTransport])  // AA-2
        default:
            return handleReceived(event)
        }
    }

    // MARK: Evt1, 2, 5, 7, 8, 9, 11, 14, 15

    private mutating func handleLocal(_ event: AssociationEvent) -> [AssociationAction] {
        switch (event, state) {
        case (.localAssociateRequest, .sta1): return move(.sta4, [.openTransport])  // AE-1
        case (.transportConnected(let request), .sta4):
            return move(.sta5, [.send(.associateRequest(request))])  // AE-2
        case (.transportIndication, .sta1): return move(.sta2, [.startARTIM])  // AE-5
        case (.localAccept(let accept), .sta3):
            return move(.sta6(.acceptor), [.send(.associateAccept(accept))])  // AE-7
        case (.localReject(let reject), .sta3):
            return move(.sta13, [.send(.associateReject(reject)), .startARTIM])  // AE-8
        case (.localData, .sta6), (.localData, .sta8): return [.sendData]  // DT-1, AR-7
        case (.localReleaseRequest, .sta6(let side)): return move(.sta7(side), [.send(.releaseRequest)])  // AR-1
        case (.localReleaseResponse, .sta8), (.localReleaseResponse, .sta12):
            return move(.sta13, [.send(.releaseResponse), .startARTIM])  // AR-4
        case (.localReleaseResponse, .sta9): return move(.sta11, [.send(.releaseResponse)])  // AR-9
        case (.localAbort, .sta4): return move(.sta1, [.stopARTIM, .closeTransport])  // AA-2
        case (.localAbort, .sta3), (.localAbort, .sta5), (.localAbort, .sta6), (.localAbort, .sta7),
            (.localAbort, .sta8), (.localAbort, .sta9), (.localAbort, .sta10), (.localAbort, .sta11),
            (.localAbort, .sta12):
            return move(.sta13, [.send(.abort(.byUser)), .startARTIM])  // AA-1
        default: return []
        }
    }

    // MARK: Evt17

    private mutating func handleTransportClosed() -> [AssociationAction] {
        switch state {
        case .sta1: []
        case .sta2: move(.sta1, [.stopARTIM])  // AA-5
        case .sta13: move(.sta1, [.stopARTIM])  // AR-5
        default: move(.sta1, [.indicateProviderAbort(.connectionClosed)])  // AA-4
        }
    }

    // MARK: Evt3, 4, 6, 10, 12, 13, 16, 19

    private mutating func handleReceived(_ event: AssociationEvent) -> [AssociationAction] {
        switch (event, state) {
        case (_, .sta1), (_, .sta4): return []
        case (.abortReceived, .sta2), (.abortReceived, .sta13):
            return move(.sta1, [.stopARTIM, .closeTransport])  // AA-2
        case (.abortReceived(let abort), _): return move(.sta1, [.indicateAbort(abort), .closeTransport])  // AA-3
        case (.requestReceived(let request), .sta2): return receive(request)  // AE-6
        case (_, .sta2): return move(.sta13, [.send(.abort(Abort(reason(event)))), .startARTIM])  // AA-1
        case (.requestReceived, .sta13), (.invalidPDU, .sta13): return [.send(.abort(Abort(reason(event))))]  // AA-7
        case (_, .sta13): return []  // AA-6
        case (.acceptReceived(let accept), .sta5):
            return move(.sta6(.requestor), [.confirmAssociation(accept)])  // AE-3
        case (.rejectReceived(let reject), .sta5):
            return move(.sta1, [.confirmRejection(reject), .closeTransport])  // AE-4
        case (.dataReceived, .sta6), (.dataReceived, .sta7): return [.indicateData]  // DT-2, AR-6
        case (.releaseRequestReceived, .sta6): return move(.sta8, [.indicateRelease])  // AR-2
        default: return handleRelease(event)
        }
    }

    /// A second protocol version would announce itself in other bits (PS3.8 Table 9-11).
    private mutating func receive(_ request: AssociateRequest) -> [AssociationAction] {
        guard request.protocolVersion & 1 == 1 else {
            return move(
                .sta13, [.stopARTIM, .send(.associateReject(.protocolVersionNotSupported)), .startARTIM])
        }
        return move(.sta3, [.stopARTIM, .indicateAssociation(request)])
    }

    /// AA-8: what doesn't belong here ends the association, and both sides are told.
    mutating func abort(_ event: AssociationEvent) -> [AssociationAction] {
        let reason = reason(event)
        return move(.sta13, [.send(.abort(Abort(reason))), .indicateProviderAbort(.sent(reason)), .startARTIM])
    }

    private func reason(_ event: AssociationEvent) -> Abort.Reason {
        if case .invalidPDU(let reason) = event { reason } else { .unexpectedPDU }
    }

    mutating func move(_ next: AssociationState, _ actions: [AssociationAction]) -> [AssociationAction] {
        state = next
        return actions
    }
}
