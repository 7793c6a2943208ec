/// The states of the upper layer's protocol machine (PS3.8 §9.2, Tables 9-1 to 9-5). Each carries only what the next
/// transition needs.
enum AssociationState: Hashable, Sendable {
    /// Idle.
    case sta1
    /// Transport connection open, awaiting A-ASSOCIATE-RQ.
    case sta2
    /// Awaiting the local A-ASSOCIATE response.
    case sta3
    /// Awaiting the transport connection.
    case sta4
    /// Awaiting A-ASSOCIATE-AC or -RJ.
    case sta5
    /// Established.
    case sta6(Side)
    /// Awaiting A-RELEASE-RP.
    case sta7(Side)
    /// Awaiting the local A-RELEASE response.
    case sta8
    /// Release collision, requestor: awaiting the local A-RELEASE response.
    case sta9
    /// Release collision, acceptor: awaiting A-RELEASE-RP.
    case sta10
    /// Release collision, requestor: awaiting A-RELEASE-RP.
    case sta11
    /// Release collision, acceptor: awaiting the local A-RELEASE response.
    case sta12
    /// Awaiting the end of the transport connection.
    case sta13

    /// Who asked for the association; decides a release collision.
    enum Side: Hashable, Sendable { case requestor, acceptor }
}

/// What happens to the machine (PS3.8 Table 9-10). Numbers are those of the table's rows.
enum AssociationEvent: Equatable, Sendable {
    /// Evt1
    case localAssociateRequest
    /// Evt2
    case transportConnected(AssociateRequest)
    /// Evt3
    case acceptReceived(AssociateAccept)
    /// Evt4
    case rejectReceived(AssociateReject)
    /// Evt5
    case transportIndication
    /// Evt6
    case requestReceived(AssociateRequest)
    /// Evt7
    case localAccept(AssociateAccept)
    /// Evt8
    case localReject(AssociateReject)
    /// Evt9
    case localData
    /// Evt10
    case dataReceived
    /// Evt11
    case localReleaseRequest
    /// Evt12
    case releaseRequestReceived
    /// Evt13
    case releaseResponseReceived
    /// Evt14
    case localReleaseResponse
    /// Evt15
    case localAbort
    /// Evt16
    case abortReceived(Abort)
    /// Evt17
    case transportClosed
    /// Evt18
    case artimExpired
    /// Evt19
    case invalidPDU(Abort.Reason)

    init(_ pdu: PDU) {
        self =
            switch pdu {
            case .associateRequest(let request): .requestReceived(request)
            case .associateAccept(let accept): .acceptReceived(accept)
            case .associateReject(let reject): .rejectReceived(reject)
            case .releaseRequest: .releaseRequestReceived
            case .releaseResponse: .releaseResponseReceived
            case .abort(let abort): .abortReceived(abort)
            }
    }
}

/// What the machine wants done, in order.
enum AssociationAction: Equatable, Sendable {
    case openTransport
    case closeTransport
    case send(PDU)
    /// The data that is at hand may be sent, or passed on to the application.
    case sendData
    case indicateData
    case startARTIM
    case stopARTIM
    case indicateAssociation(AssociateRequest)
    case confirmAssociation(AssociateAccept)
    case confirmRejection(AssociateReject)
    case indicateRelease
    case confirmRelease
    /// A-ABORT indication: the peer ended the association.
    case indicateAbort(Abort)
    /// A-P-ABORT indication: the association ended for a reason of the protocol or the transport.
    case indicateProviderAbort(ProviderAbort)

    enum ProviderAbort: Equatable, Sendable {
        case connectionClosed
        case sent(Abort.Reason)
    }
}
