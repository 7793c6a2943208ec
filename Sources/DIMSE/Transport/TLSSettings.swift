internal import NIOSSL

/// TLS 1.2 or later with the cipher suites of BCP 195 (PS3.15 §B.9, B.10). Files are PEM.
public struct TLSSettings: Sendable, Equatable {
    /// Our certificate, followed by its chain. An SCP must have one; an SCU, where the peer asks for it.
    public var certificateFile: String?
    /// The key of our certificate, without a passphrase; nil: it is in `certificateFile`. An SCP must name it.
    public var privateKeyFile: String?
    /// Who may have signed the peer's certificate; nil: whom the system trusts.
    public var trustRootsFile: String?
    /// How much the peer must prove.
    public var verification: Verification

    /// What is asked of the peer's certificate.
    public enum Verification: String, Sendable {
        /// The peer's certificate is not looked at: encryption without identity.
        case none
        /// The peer must present a certificate that a trusted root has signed.
        case certificate
        /// The same, and it must name the host that we called. For an SCP, the same as `certificate`.
        case hostname
    }

    /// Files are read, and read again, when a listener binds or a client connects.
    public init(
        certificateFile: String? = nil, privateKeyFile: String? = nil, trustRootsFile: String? = nil,
        verification: Verification = .hostname
    ) {
        self.certificateFile = certificateFile
        self.privateKeyFile = privateKeyFile
        self.trustRootsFile = trustRootsFile
        self.verification = verification
    }

    /// Whether certificates and keys can be read and fit together.
    /// - Parameter asServer: for a listener, which must have both files.
    /// - Throws: ``UpperLayerError/tls(_:)``
    public func check(asServer: Bool) throws(UpperLayerError) {
        _ = asServer ? try serverContext() : try clientContext()
    }

    func serverContext() throws(UpperLayerError) -> NIOSSLContext {
        guard certificateFile != nil, privateKeyFile != nil else {
            throw .tls("a listener needs a certificate file and a private key file")
        }
        return try attempt {
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try chain(), privateKey: .privateKey(try key()))
            try apply(to: &configuration)
            if configuration.certificateVerification == .fullVerification {
                configuration.certificateVerification = .noHostnameVerification
            }
            return try NIOSSLContext(configuration: configuration)
        }
    }

    func clientContext() throws(UpperLayerError) -> NIOSSLContext {
        try attempt {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if certificateFile != nil {
                configuration.certificateChain = try chain()
                configuration.privateKey = .privateKey(try key())
            }
            try apply(to: &configuration)
            return try NIOSSLContext(configuration: configuration)
        }
    }

    private func apply(to configuration: inout TLSConfiguration) throws {
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = [
            .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
            .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        configuration.certificateVerification =
            switch verification {
            case .none: .none
            case .certificate: .noHostnameVerification
            case .hostname: .fullVerification
            }
        if let trustRootsFile { configuration.trustRoots = .file(trustRootsFile) }
    }

    private func chain() throws -> [NIOSSLCertificateSource] {
        try NIOSSLCertificate.fromPEMFile(certificateFile ?? "").map { .certificate($0) }
    }

    private func key() throws -> NIOSSLPrivateKey {
        try NIOSSLPrivateKey(file: privateKeyFile ?? certificateFile ?? "", format: .pem)
    }

    private func attempt<Result>(_ body: () throws -> Result) throws(UpperLayerError) -> Result {
        do {
            return try body()
        } catch {
            let files = [certificateFile, privateKeyFile, trustRootsFile].compactMap { $0 }.joined(separator: ", ")
            throw .tls("certificate, key or trust file can't be used (\(files)): \(error)")
        }
    }
}
