import DICOMCore
public import DIMSE
import Logging

// What the listener tells of associations: a line for the operator, with what to do, and a count.
extension SpoolReceiverProvider {
    public func associationOpened(_ association: AssociationFacts) {
        status.change { $0.openAssociations += 1 }
        metrics.associationAccepted(association)
    }

    public func associationClosed(_ association: AssociationFacts, error: UpperLayerError?) {
        status.change { $0.openAssociations -= 1 }
        if let error { metrics.associationBroken(association, error) }
    }

    public func associationRejected(_ rejection: AssociationRejection) {
        metrics.associationRejected(rejection)
        logger.log(
            level: rejection.reject == .temporaryCongestion ? .notice : .warning,
            "association rejected: \(rejection.advice)",
            metadata: [
                "peer": "\(rejection.peerAddress)", "calling": "\(rejection.callingAE?.string ?? "")",
                "called": "\(rejection.calledAE?.string ?? "")",
            ])
    }

    public func connectionFailed(from address: String, _ error: UpperLayerError) {
        metrics.connectionFailed(error)
        logger.warning("connection without an association: \(error)", metadata: ["peer": "\(address)"])
    }

    public func connectionRefused(from address: String) {
        metrics.connectionFailed(nil)
        logger.warning(
            """
            connection refused: there are as many as there may be, in all or from there; find out what opens them, or raise \
            node.limits.associations
            """, metadata: ["peer": "\(address)"])
    }
}

extension AssociationRejection {
    /// Why, and what the operator may do about it on this side.
    var advice: String {
        switch reject {
        case .calledTitleNotRecognized:
            "this node has no such title; mend the title at the peer, or add it to node.ae_titles"
        case .callingTitleNotRecognized:
            "no peer of this title may call from this address, or with this certificate; add it to peers"
        case .localLimitExceeded:
            """
            as many associations are open as may be; raise node.limits.associations or associations_per_peer, or have the \
            peer open fewer
            """
        case .temporaryCongestion: "the node is stopping; the peer may try again later"
        case .applicationContextNotSupported: "it asks for another application than DICOM; check what calls this port"
        default: "\(reject)"
        }
    }
}
