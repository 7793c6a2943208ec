/// How an `AssociationListener` listens and what it lets in.
public struct ListenerConfiguration: Sendable {
    /// `0.0.0.0` and `::` listen on every interface.
    public var host = "0.0.0.0"
    /// 0: any free port; see `AssociationListener.bind`.
    public var port = 11112
    /// Who may associate, and for what; `AssociationListener.update` replaces it.
    public var policy = NegotiationPolicy()
    /// How long a peer may keep an association waiting.
    public var times = TimeLimits()
    /// Nil: without encryption. With it, every connection must begin with a handshake.
    public var tls: TLSSettings?
    /// Bytes of one data set; a longer one is refused with 0xA700.
    public var maximumObjectSize: UInt64 = 8 << 30
    /// Bytes of one association that wait for their receiver before reading stops.
    public var bufferedBytes = 4 << 20
    /// Connections that may be open, with an association or before one, health checks among them; more where the policy
    /// allows as many associations. What comes beyond is closed unheard. One address may hold half of them, or as many as
    /// there may be associations; all addresses from which no peer may call, an eighth: they hear a refusal, and can't
    /// keep others out.
    public var maximumConnections = 256
    /// Connections beyond the associations that are allowed, so that a peer is told when there are too many.
    public var spareConnections = 64
    /// Threads on which receivers may block.
    public var receptionThreads = 8

    /// Every interface, port 11112, the policy that takes everything, no TLS.
    public init() {}
}
