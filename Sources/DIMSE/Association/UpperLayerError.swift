public import DICOMCore

/// Why an association did not come about, or did not end as it should.
public enum UpperLayerError: Error, Equatable, Sendable {
    /// No TCP connection; `why` in the system's words.
    case connectionFailed(host: String, port: Int, why: String)
    /// A-ASSOCIATE-RJ. `AssociateReject.Result` says whether to try again.
    case rejected(AssociateReject, called: AETitle)
    /// A-ABORT from the peer (PS3.8 §9.3.8).
    case aborted(Abort)
    /// The connection ended without A-RELEASE or A-ABORT.
    case connectionClosed
    /// One of ``TimeLimits``, or ``ClientConfiguration/responseTime``, has run out.
    case timedOut(waitingFor: String)
    /// A message that has begun goes on with fewer bytes than it must bring in the time for which a peer may be silent.
    case tooSlow(bytes: Int, least: Int)
    /// The peer broke the protocol; `reason` is what our A-ABORT says.
    case protocolViolation(Abort.Reason, String)
    /// Tried while the association was not established.
    case notEstablished
    /// The peer accepted no context for the class, or not in the object's transfer syntax. Nothing was sent.
    case noPresentationContext(sopClass: SOPClass, why: String)
    /// A response that lacks what it must have.
    case unexpectedResponse(String)
    /// Certificates, keys or trust roots can't be used.
    case tls(String)
    /// The port can't be bound.
    case listener(String)
    /// A limit of ours ended the association; the sentence says which.
    case limit(String)
}

extension UpperLayerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .connectionFailed(let host, let port, let why):
            "no connection to \(host) port \(port) (\(why)); check that the peer runs, its address and the firewall"
        case .rejected(let reject, let called):
            "\(called) rejected the association: \(reject)"
        case .aborted(let abort):
            "the peer aborted the association: \(abort)"
        case .connectionClosed:
            "the peer closed the connection in mid-association; its log should say why"
        case .timedOut(let what):
            "the peer did not answer in time (waiting for \(what)); check that it is a DICOM node and not overloaded"
        case .tooSlow(let bytes, let least):
            "the peer began a message and sent \(bytes) bytes of it where \(least) should have come; check the network, "
                + "or allow a lower rate"
        case .protocolViolation(_, let what):
            "the peer broke the DICOM protocol: it sent \(what)"
        case .notEstablished:
            "the association is not established any more; connect again"
        case .noPresentationContext(let sopClass, let why):
            "the peer does not take \(sopClass.name): \(why)"
        case .unexpectedResponse(let what):
            "the peer's response does not fit the request: \(what)"
        case .tls(let why):
            "TLS: \(why)"
        case .listener(let why):
            "the listener can't work: \(why)"
        case .limit(let why):
            why
        }
    }
}
