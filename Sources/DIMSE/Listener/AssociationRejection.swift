public import DICOMCore

/// A request for an association that a listener turned away (A-ASSOCIATE-RJ).
public struct AssociationRejection: Equatable, Sendable {
    /// Result, source and reason as they were answered (PS3.8 Table 9-21).
    public var reject: AssociateReject
    /// Nil where the field held no AE title.
    public var callingAE: AETitle?
    /// Likewise: the title that the peer called.
    public var calledAE: AETitle?
    /// Numeric, without the port.
    public var peerAddress: String

    /// For whoever plays a listener, as tests do.
    public init(_ reject: AssociateReject, callingAE: AETitle?, calledAE: AETitle?, peerAddress: String) {
        self.reject = reject
        self.callingAE = callingAE
        self.calledAE = calledAE
        self.peerAddress = peerAddress
    }
}
