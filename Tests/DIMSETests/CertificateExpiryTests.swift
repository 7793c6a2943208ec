import DIMSE
import Foundation
import HilumTesting
import Testing

@Suite(.enabled(if: Tool("openssl") != nil)) struct CertificateExpiryTests {
    private func certificate(_ name: String, days: Int, in folder: URL) throws -> String {
        let path = folder.appending(path: "\(name).pem").path
        let made = try #require(Tool("openssl")).run([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-days", "\(days)", "-keyout",
            folder.appending(path: "\(name).key").path, "-out", path,
        ])
        try #require(made.status == 0, "\(made.all)")
        return path
    }

    /// As `openssl x509` prints it.
    private func end(of path: String) throws -> String {
        let output = try #require(Tool("openssl")).run([
            "x509", "-enddate", "-noout", "-dateopt", "iso_8601", "-in", path,
        ])
        return output.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("A certificate ends when openssl says so, and a chain with its first member to end")
    func chain() throws {
        try Workplace.withTemporaryFolder { folder in
            let own = try certificate("own", days: 30, in: folder)
            let authority = try certificate("authority", days: 3, in: folder)
            let chain = folder.appending(path: "chain.pem")
            try (Data(contentsOf: URL(filePath: own)) + Data(contentsOf: URL(filePath: authority))).write(to: chain)
            for (file, judged) in [(own, own), (chain.path, authority)] {
                let date = try #require(TLSSettings(certificateFile: file).certificateExpiry)
                let text = date.formatted(.iso8601).replacing("T", with: " ")
                #expect(try end(of: judged) == "notAfter=\(text)")
            }
        }
    }

    @Test func withoutAReadableCertificateThereIsNone() throws {
        #expect(TLSSettings().certificateExpiry == nil)
        #expect(TLSSettings(certificateFile: "/nowhere.pem").certificateExpiry == nil)
    }
}
