public import DICOMCore

/// What an acceptor takes (PS3.8 §7.1.1, PS3.7 Annex D): values only, so that an answer follows from the request, the
/// policy and what is going on, and from nothing else.
public struct NegotiationPolicy: Sendable {
    /// Titles that we answer to; empty: any.
    public var calledTitles: Set<AETitle> = []
    /// Storage classes, standard and configured private ones, and Verification.
    public var sopClasses: Set<UID> = Set(SOPClass.storageClasses.map(\.uid)).union([SOPClass.verification.uid])
    /// Syntaxes that we take.
    public var transferSyntaxes: Set<TransferSyntax> = Set(TransferSyntax.all)
    /// Syntaxes that we would rather have, best first; beyond them the peer's own order decides.
    public var preferredTransferSyntaxes: [TransferSyntax] = []
    /// Classes of which the requestor may be SCP.
    public var classesWithRequestorAsSCP: Set<UID> = []
    /// Announced to the peer: the longest P-DATA-TF variable field that we take. 0: no limit.
    public var maximumLength: UInt32 = 256 * 1024
    /// Associations at a time, of all peers; one more is rejected as transient, local limit exceeded.
    public var maximumAssociations = 32
    /// Associations at a time of one calling title.
    public var maximumAssociationsPerPeer = 16
    /// Who may call; empty: anybody.
    public var peers: [PeerRule] = []
    /// Checks a user identity; nil: identities are ignored. Called under the listener's lock: it must neither wait nor
    /// call the listener.
    public var acceptsIdentity: (@Sendable (UserIdentity) -> Bool)?

    /// Anybody may call; Verification and every standard storage class are taken, in every transfer syntax of PS3.6.
    public init() {}

    /// Whether some peer may call from there.
    func knows(_ address: [UInt8]?) -> Bool { peers.isEmpty || peers.contains { $0.mayCall(from: address) } }
}

/// A peer that may open associations.
public struct PeerRule: Sendable, Equatable {
    /// The calling AE title, compared character by character.
    public var title: AETitle
    /// Where it may call from; empty: anywhere.
    public var addresses: [AddressRange]
    /// The certificate (DER) that it must present; nil: not asked for.
    public var certificate: [UInt8]?

    /// A peer known by its title, and by where it calls from and the certificate that it presents where these are
    /// given.
    public init(title: AETitle, addresses: [AddressRange] = [], certificate: [UInt8]? = nil) {
        self.title = title
        self.addresses = addresses
        self.certificate = certificate
    }

    func matches(_ calling: AETitle, address: [UInt8]?, certificate presented: [UInt8]?) -> Bool {
        calling == title && mayCall(from: address) && (certificate.map { $0 == presented } ?? true)
    }

    func mayCall(from address: [UInt8]?) -> Bool {
        addresses.isEmpty || address.map { address in addresses.contains { $0.contains(address) } } ?? false
    }
}
