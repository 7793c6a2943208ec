public import DICOMCore

/// A request for an association that a listener turned away (A-ASSOCIATE-RJ).
public struct AssociationRejection: Equatable, Sendable {
    public var reject: AssociateReject
    /// Nil where the field held no AE title.
    public var callingAE: AETitle?
    public var calledAE: AETitle?
    /// Numeric, without the port.
    public var peerAddress: String

    public init(_ reject: AssociateReject, callingAE: AETitle?, calledAE: AETitle?, peerAddress: String) {
        self.reject = reject
        self.callingAE = callingAE
        self.calledAE = calledAE
        self.peerAddress = peerAddress
    }
}
