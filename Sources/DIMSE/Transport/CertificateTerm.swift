internal import NIOSSL

/// For how long a certificate holds.
public struct CertificateTerm: Hashable, Sendable {
    /// Which of a file's certificates, from 1.
    public var number: Int
    /// The first second in which it holds, since 1970, UTC.
    public var notBefore: Int64
    /// Likewise; the certificate holds in this second, and not after it (RFC 5280 §4.1.2.5).
    public var notAfter: Int64

    /// Of every certificate in a PEM file, in its order.
    /// - Throws: ``UpperLayerError/tls(_:)`` where there is none or it can't be read.
    public static func terms(of file: String) throws(UpperLayerError) -> [CertificateTerm] {
        do {
            return try NIOSSLCertificate.fromPEMFile(file).enumerated().map { index, certificate in
                CertificateTerm(
                    number: index + 1, notBefore: Int64(certificate.notValidBefore),
                    notAfter: Int64(certificate.notValidAfter))
            }
        } catch {
            throw .tls("\(file) holds no certificate that can be read; name a PEM file that this user may read")
        }
    }
}
