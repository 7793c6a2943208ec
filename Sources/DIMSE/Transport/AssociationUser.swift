import NIOCore

/// The application's side of an association: what the upper layer tells it. All methods are called on the channel's
/// event loop.
protocol AssociationUser: AnyObject {
    /// A-ASSOCIATE indication: answer by `accept` or `reject` of the handler.
    func associationRequested(_ request: AssociateRequest, _ upperLayer: UpperLayerHandler)
    /// A-ASSOCIATE confirmation.
    func associationAccepted(_ accept: AssociateAccept, _ upperLayer: UpperLayerHandler)
    /// Data of an established association; an error aborts it with its reason.
    func received(_ fragment: PDVFragment, _ upperLayer: UpperLayerHandler) throws(UpperLayerError)
    /// The peer asks for the end; answer by `respondToRelease`.
    func releaseRequested(_ upperLayer: UpperLayerHandler)
    /// The association is over: nil after an orderly release or a rejection of ours. Called once.
    func associationEnded(_ error: UpperLayerError?)
}
