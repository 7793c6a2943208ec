public import DICOMCore

/// Where received objects go.
public protocol InstanceReceiverProvider: Sendable {
    /// A receiver for the object that a C-STORE announces. Called from threads where blocking is allowed. A thrown
    /// `DIMSEStatus` is the answer, given after the data set has passed unread; any other error answers 0xA700 (out of
    /// resources).
    func receiver(for request: StoreRequest, on association: AssociationFacts) throws -> any InstanceReceiver
    /// An association was accepted. Called on its event loop, like `associationClosed`: it must not wait.
    func associationOpened(_ association: AssociationFacts)
    /// An accepted association is over, without an error after an orderly release. Receivers of its objects may still
    /// be finishing.
    func associationClosed(_ association: AssociationFacts, error: UpperLayerError?)
    /// A request was turned away. The listener leaves the word about it to the provider, who knows the settings.
    func associationRejected(_ rejection: AssociationRejection)
    /// A connection ended without an association, by an error: of TLS, or of the protocol before its first request.
    func connectionFailed(from address: String, _ error: UpperLayerError)
    /// A connection was closed unheard, since there are as many as there may be.
    func connectionRefused(from address: String)
}

extension InstanceReceiverProvider {
    /// Does nothing.
    public func associationOpened(_ association: AssociationFacts) {}
    /// Does nothing.
    public func associationClosed(_ association: AssociationFacts, error: UpperLayerError?) {}
    /// Does nothing.
    public func associationRejected(_ rejection: AssociationRejection) {}
    /// Does nothing.
    public func connectionFailed(from address: String, _ error: UpperLayerError) {}
    /// Does nothing.
    public func connectionRefused(from address: String) {}
}

/// Takes one object. Methods of one receiver are called in order and never at the same time, on a thread pool where
/// blocking is allowed. Exactly one of `finish` and `abandon` is called, and is the last call.
public protocol InstanceReceiver: AnyObject, Sendable {
    /// Bytes of the data set as they come. A thrown error leads to `abandon`, and is answered as the provider's.
    func write(_ bytes: UnsafeRawBufferPointer) throws
    /// All bytes came: make them durable, then answer. Runs on the same thread pool.
    func finish() async -> DIMSEStatus
    /// The association ended or the object was refused before its end: leave nothing.
    func abandon()
}

/// Who sends, as far as an association tells.
public struct AssociationFacts: Sendable {
    /// Unique within a process.
    public var id: UInt64
    /// The peer's, as it says; proven by nothing but ``peerCertificate``.
    public var callingAE: AETitle
    /// The title that the peer called us by.
    public var calledAE: AETitle
    /// Numeric, without the port.
    public var peerAddress: String
    /// What software the peer is (PS3.7 §D.3.3.2); nil where it does not say.
    public var implementationClassUID: UID?
    /// Its version, at most 16 characters.
    public var implementationVersionName: String?
    /// The peer's certificate (DER), when TLS asked for one.
    public var peerCertificate: [UInt8]?

    /// For receivers that are called without a listener, in tests.
    public init(
        id: UInt64, callingAE: AETitle, calledAE: AETitle, peerAddress: String, implementationClassUID: UID? = nil,
        implementationVersionName: String? = nil, peerCertificate: [UInt8]? = nil
    ) {
        self.id = id
        self.callingAE = callingAE
        self.calledAE = calledAE
        self.peerAddress = peerAddress
        self.implementationClassUID = implementationClassUID
        self.implementationVersionName = implementationVersionName
        self.peerCertificate = peerCertificate
    }
}
