public import DICOMCore

/// A peer to call, and how.
public struct ClientConfiguration: Sendable {
    /// A name or a numeric address. A name is also what TLS asks for and compares with the certificate.
    public var host: String
    /// TCP; 104 and 11112 are registered for DICOM.
    public var port: Int
    /// What the peer calls itself; most peers reject any other.
    public var calledAE: AETitle
    /// What we call ourselves; peers often take only those that they know.
    public var callingAE: AETitle
    /// Nil: without encryption.
    public var tls: TLSSettings?
    /// For connecting, releasing and silence.
    public var times = TimeLimits()
    /// For the response to one message.
    public var responseTime: Duration = .seconds(300)
    /// The longest P-DATA-TF variable field that we take, and the longest that we send.
    public var maximumLength: UInt32 = 128 * 1024
    /// User Identity Negotiation (PS3.7 §D.3.3.7); nil: none is offered.
    public var identity: UserIdentity?

    /// A peer to call without TLS and identity, under the default time limits.
    public init(host: String, port: Int, calledAE: AETitle, callingAE: AETitle = AETitle(known: "HILUM")) {
        self.host = host
        self.port = port
        self.calledAE = calledAE
        self.callingAE = callingAE
    }
}
