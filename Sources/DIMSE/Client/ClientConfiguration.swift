public import DICOMCore

/// A peer to call, and how.
public struct ClientConfiguration: Sendable {
    public var host: String
    public var port: Int
    public var calledAE: AETitle
    public var callingAE: AETitle
    public var tls: TLSSettings?
    public var times = TimeLimits()
    /// For the response to one message.
    public var responseTime: Duration = .seconds(300)
    /// The longest P-DATA-TF variable field that we take, and the longest that we send.
    public var maximumLength: UInt32 = 128 * 1024
    public var identity: UserIdentity?

    public init(host: String, port: Int, calledAE: AETitle, callingAE: AETitle = AETitle(known: "HILUM")) {
        self.host = host
        self.port = port
        self.calledAE = calledAE
        self.callingAE = callingAE
    }
}
