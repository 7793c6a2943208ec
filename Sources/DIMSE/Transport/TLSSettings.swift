internal import NIOSSL

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#else
    private import Darwin
#endif

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
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try chain(), privateKey: .privateKey(try key()))
        apply(to: &configuration)
        if configuration.certificateVerification == .fullVerification {
            configuration.certificateVerification = .noHostnameVerification
        }
        return try context(configuration)
    }

    func clientContext() throws(UpperLayerError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if certificateFile != nil {
            configuration.certificateChain = try chain()
            configuration.privateKey = .privateKey(try key())
        }
        apply(to: &configuration)
        return try context(configuration)
    }

    private func apply(to configuration: inout TLSConfiguration) {
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

    private func chain() throws(UpperLayerError) -> [NIOSSLCertificateSource] {
        try Self.certificates(in: certificateFile ?? "").map { .certificate($0) }
    }

    private static func certificates(in file: String) throws(UpperLayerError) -> [NIOSSLCertificate] {
        try reading(file, else: "holds no certificate; name a PEM file with one") {
            try NIOSSLCertificate.fromPEMFile(file)
        }
    }

    private func key() throws(UpperLayerError) -> NIOSSLPrivateKey {
        let file = privateKeyFile ?? certificateFile ?? ""
        return try Self.reading(file, else: "holds no key; name a PEM file with one that wants no passphrase") {
            try NIOSSLPrivateKey(file: file, format: .pem)
        }
    }

    /// Certificate and key were read before: what is left is the trust file, or that those two don't fit together.
    private func context(_ configuration: TLSConfiguration) throws(UpperLayerError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            // A folder holds one file for each, which are read when they are wanted.
            if let trustRootsFile, !Self.isFolder(trustRootsFile) { _ = try Self.certificates(in: trustRootsFile) }
            guard let certificateFile else { throw .tls("\(trustRootsFile ?? "") can't be used (\(error))") }
            throw .tls(
                "the key in \(privateKeyFile ?? certificateFile) is not that of the certificate in \(certificateFile) "
                    + "(\(error)); put the right one there")
        }
    }

    /// - Parameter problem: with a file that can be read.
    private static func reading<Result>(
        _ file: String, else problem: String, _ body: () throws -> Result
    ) throws(UpperLayerError) -> Result {
        do {
            return try body()
        } catch {
            guard access(file, R_OK) == 0 else {
                let why = String(cString: strerror(errno))
                throw .tls("\(file) can't be read (\(why)); let this user read it, or name another")
            }
            throw .tls("\(file) \(problem)")
        }
    }

    private static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
