import DIMSE
import Foundation

extension Doctor {
    /// Of every port and of every destination: whether they can be used, and for how long. Nothing without TLS.
    func certificates() -> [DoctorLine] {
        let settings =
            configuration.places.map { ("\($0.section).tls", $0.listener.tls, true) }
            + configuration.destinations.map { ("destination \($0.name) tls", $0.tls, false) }
        return settings.flatMap { name, tls, asServer in tls.map { check($0, name, asServer: asServer) } ?? [] }
    }

    private func check(_ tls: TLSSettings, _ name: String, asServer: Bool) -> [DoctorLine] {
        do {
            try tls.check(asServer: asServer)
        } catch {
            return [DoctorLine(name, .error, "\(error)")]
        }
        let files = [("certificate", tls.certificateFile), ("trust", tls.trustRootsFile)]
        let lines = files.compactMap { key, file in file.map { check($0, "\(name) \(key)") } }
        return lines.isEmpty ? [DoctorLine(name, .ok, "trusts whom the system trusts")] : lines
    }

    private static let warning: Int64 = 30 * 86_400

    private func check(_ file: String, _ name: String) -> DoctorLine {
        let terms: [CertificateTerm]
        do {
            terms = try CertificateTerm.terms(of: file)
        } catch {
            return DoctorLine(name, .error, "\(error)")
        }
        let moment = Int64(now.timeIntervalSince1970)
        guard let first = terms.min(by: { $0.notAfter < $1.notAfter }) else {
            return DoctorLine(name, .error, "\(file) holds no certificate; name a PEM file with one")
        }
        let which = terms.count > 1 ? "certificate \(first.number) of \(file)" : file
        if let early = terms.first(where: { $0.notBefore > moment }) {
            return DoctorLine(
                name, .error,
                "\(file) holds only from \(Self.day(early.notBefore)) on; check this machine's clock, or wait")
        }
        let end = Self.day(first.notAfter)
        let advice = "get a new one from who issued it, put it there and restart the node"
        if first.notAfter <= moment { return DoctorLine(name, .error, "\(which) expired on \(end); \(advice)") }
        if first.notAfter - moment < Self.warning {
            return DoctorLine(name, .warning, "\(which) expires on \(end); \(advice)")
        }
        return DoctorLine(name, .ok, "\(file) can be read, fits and holds until \(end)")
    }

    private static func day(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601.year().month().day())
    }
}
