import DICOMCore
import DIMSE
import Foundation

extension PeerRule {
    init(_ section: StrictSection, asksForCertificates: Bool, at place: String) throws {
        let title = try section.title(section.required("ae_title"), "ae_title")
        let addresses = try (section.strings("addresses") ?? []).map { text in
            guard let range = AddressRange(text) else {
                throw section.problem("addresses", "'\(text)' is no address or range, as 10.1.2.0/24")
            }
            return range
        }
        let certificate = try section.existing("certificate").map { path in
            guard let bytes = CertificateFile.der(path: path) else {
                throw section.problem("certificate", "\(path) holds no PEM certificate; name a file with one")
            }
            guard asksForCertificates else {
                throw section.problem("certificate", "no peer is asked for one: set \(place)tls.verify to certificate")
            }
            return bytes
        }
        self.init(title: title, addresses: addresses, certificate: certificate)
    }
}

extension StrictSection {
    /// - Parameters:
    ///   - tls: of the port where they call.
    ///   - place: of that port's settings, for errors.
    /// - Returns: nil where the key is absent.
    func peers(behind tls: TLSSettings?, at place: String) throws -> [PeerRule]? {
        let asksForCertificates = tls.map { $0.verification != .none } ?? false
        let rules = try sections("peers") { try PeerRule($0, asksForCertificates: asksForCertificates, at: place) }
        // Whoever takes the last one out does not mean to let everybody in.
        if let rules, rules.isEmpty {
            throw problem("peers", "is empty: name who may send, or leave the key out to let anybody")
        }
        return rules
    }

    func title(_ text: String, _ key: String) throws -> AETitle {
        guard let title = AETitle(text) else {
            throw problem(key, "'\(text)' is no AE title: 1 to 16 ASCII characters, no backslash")
        }
        return title
    }

    func tls(asServer: Bool) throws -> TLSSettings {
        let certificate = try existing("certificate")
        let key = try existing("key")
        if asServer, certificate == nil || key == nil {
            throw problem(
                certificate == nil ? "certificate" : "key", "is missing; a listener needs certificate and key")
        }
        let table: [(String, TLSSettings.Verification)] = [
            ("none", .none), ("certificate", .certificate), ("hostname", .hostname),
        ]
        let trust = try existing("trust")
        let verification = try choice("verify", table) ?? (asServer ? .none : .hostname)
        if trust != nil, verification == .none {
            throw problem(
                "trust", "is not looked at while verify is none; set verify to certificate, or leave trust out")
        }
        if asServer, trust == nil, verification != .none {
            throw problem(
                "verify", "lets in whom any authority of the system has signed; say whose peers may come in with trust")
        }
        return TLSSettings(
            certificateFile: certificate, privateKeyFile: key, trustRootsFile: trust, verification: verification)
    }
}

/// The first certificate of a PEM file.
enum CertificateFile {
    static func der(path: String) -> [UInt8]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let begin = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<text.endIndex),
            let data = Data(
                base64Encoded: String(text[begin.upperBound..<end.lowerBound]), options: .ignoreUnknownCharacters)
        else { return nil }
        return [UInt8](data)
    }
}
