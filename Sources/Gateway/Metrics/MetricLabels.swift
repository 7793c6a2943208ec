import DIMSE
import GatewayStore
import Workflow

// Values of labels: few, and the same in every version.

extension AssociateReject {
    var label: String {
        switch self {
        case .applicationContextNotSupported: "application_context"
        case .callingTitleNotRecognized: "calling_title"
        case .calledTitleNotRecognized: "called_title"
        case .identityNotAccepted: "identity"
        case .protocolVersionNotSupported: "protocol_version"
        case .temporaryCongestion: "stopping"
        case .localLimitExceeded: "too_many"
        default: "other"
        }
    }
}

extension UpperLayerError {
    var label: String {
        switch self {
        case .aborted: "aborted"
        case .connectionClosed, .connectionFailed: "connection_closed"
        case .timedOut: "timed_out"
        case .tooSlow: "too_slow"
        case .protocolViolation, .unexpectedResponse, .noPresentationContext: "protocol"
        case .tls: "tls"
        case .limit: "stopping"
        case .rejected, .notEstablished, .listener: "other"
        }
    }
}

extension ReceptionRefusal {
    var label: String {
        switch self {
        case .outOfResources: "out_of_resources"
        case .doesNotMatch: "does_not_match"
        case .cannotUnderstand: "cannot_understand"
        case .duplicateInstance: "duplicate_instance"
        }
    }
}

extension DeliveryOutcome {
    var label: String {
        switch self {
        case .accepted(let warning): warning == nil ? "accepted" : "accepted_with_warning"
        case .failed: "failed"
        case .classNotTaken: "class_not_taken"
        case .refused: "refused"
        case .notTried: "not_tried"
        }
    }
}

extension Cause.Kind {
    var label: String { rawValue.replacing(" ", with: "_") }
}

extension Note.Kind {
    var label: String { rawValue.replacing(" ", with: "_") }
}
