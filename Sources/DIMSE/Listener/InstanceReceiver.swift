public import DICOMCore

/// Where received objects go. Called from threads where blocking is allowed.
public protocol InstanceReceiverProvider: Sendable {
    /// A receiver for the object that a C-STORE announces. A thrown `DIMSEStatus` is the answer, given after the data
    /// set has passed unread; any other error answers 0xA700 (out of resources).
    func receiver(for request: StoreRequest, on association: AssociationFacts) throws -> any InstanceReceiver
    func associationOpened(_ association: AssociationFacts)
    /// - Parameter error: nil after an orderly release.
    func associationClosed(_ association: AssociationFacts, error: UpperLayerError?)
    /// A request was turned away. The listener leaves the word about it to the provider, who knows the settings.
    func associationRejected(_ rejection: AssociationRejection)
    /// A connection ended without an association, by an error: of TLS, or of the protocol before its first request.
    func connectionFailed(from address: String, _ error: UpperLayerError)
    /// A connection was closed unheard, since there are as many as there may be.
    func connectionRefused(from address: String)
}

extension InstanceReceiverProvider {
    public func associationOpened(_ association: AssociationFacts) {}
    public func associationClosed(_ association: AssociationFacts, error: UpperLayerError?) {}
    public func associationRejected(_ rejection: AssociationRejection) {}
    public func connectionFailed(from address: String, _ error: UpperLayerError) {}
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
    public var callingAE: AETitle
    public var calledAE: AETitle
    /// Numeric, without the port.
    public var peerAddress: String
    public var implementationClassUID: UID?
    public var implementationVersionName: String?
    /// The peer's certificate (DER), when TLS asked for one.
    public var peerCertificate: [UInt8]?

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
