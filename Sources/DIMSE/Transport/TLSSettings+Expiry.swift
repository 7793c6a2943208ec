public import Foundation

extension TLSSettings {
    /// When our certificate ends: the earliest of its chain; nil where there is none, or it can't be read.
    public var certificateExpiry: Date? {
        guard let certificateFile, let terms = try? CertificateTerm.terms(of: certificateFile) else { return nil }
        return terms.map(\.notAfter).min().map { Date(timeIntervalSince1970: TimeInterval($0)) }
    }
}
