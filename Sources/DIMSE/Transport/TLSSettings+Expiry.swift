public import Foundation
import NIOSSL

extension TLSSettings {
    /// When our certificate ends: the earliest of its chain; nil where there is none, or it can't be read.
    public var certificateExpiry: Date? {
        guard let certificateFile, let chain = try? NIOSSLCertificate.fromPEMFile(certificateFile) else { return nil }
        return chain.map(\.notValidAfter).min().map { Date(timeIntervalSince1970: TimeInterval($0)) }
    }
}
