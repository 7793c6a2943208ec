import DICOMCore
import DIMSE
import Foundation
import HilumTesting
import Testing

@Suite(.enabled(if: Tool("openssl") != nil && Tool("storescu") != nil)) struct TLSTests {
    /// A root that signs one certificate for 127.0.0.1.
    private struct Certificates {
        let root: String, certificate: String, key: String

        init(in folder: URL) throws {
            let openssl = try #require(Tool("openssl"))
            let path = { (name: String) in folder.appending(path: name).path }
            func run(_ arguments: String...) throws {
                let output = try openssl.run(arguments, in: folder)
                try #require(output.status == 0, "\(output.all)")
            }
            try Data("subjectAltName=IP:127.0.0.1,DNS:localhost".utf8).write(to: folder.appending(path: "san"))
            try run(
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=root", "-keyout", "root.key", "-out",
                "root.pem", "-days", "2")
            try run(
                "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=node", "-keyout", "node.key", "-out", "node.csr")
            try run(
                "x509", "-req", "-in", "node.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out",
                "node.pem", "-days", "2", "-extfile", "san")
            (root, certificate, key) = (path("root.pem"), path("node.pem"), path("node.key"))
        }

        func settings(_ verification: TLSSettings.Verification) -> TLSSettings {
            TLSSettings(
                certificateFile: certificate, privateKeyFile: key, trustRootsFile: root, verification: verification)
        }
    }

    @Test func dcmtkSendsToUsWithItsCertificate() async throws {
        let tool = try #require(Tool("storescu"))
        try await Workplace.inTemporaryFolder { folder in
            let certificates = try Certificates(in: folder)
            let object = SampleObject.part10(1, pixelBytes: 300_000)
            let file = try SampleObject.write(object, to: folder)
            let provider = MemoryProvider()
            try await withListener(provider, .loopback { $0.tls = certificates.settings(.certificate) }) { port, _ in
                let with = try tool.run([
                    "-aec", "HILUM", "+tls", certificates.key, certificates.certificate, "+cf", certificates.root,
                    "127.0.0.1", "\(port)", file.path,
                ])
                #expect(with.status == 0, "\(with.all)")
                await provider.waitForClosed(1)
                let expected = try SampleObject.dataSet(object)
                #expect(provider.received.map(\.bytes) == [expected])
                #expect(provider.received.first?.facts.peerCertificate?.isEmpty == false)
                let without = try tool.run([
                    "-aec", "HILUM", "+tla", "+cf", certificates.root, "127.0.0.1", "\(port)", file.path,
                ])
                #expect(without.status != 0, "a peer without a certificate was let in")
                let plain = try tool.run(["-aec", "HILUM", "-to", "5", "127.0.0.1", "\(port)", file.path])
                #expect(plain.status != 0)
                #expect(provider.received.count == 1)
            }
        }
    }

    @Test func weSendToDCMTK() async throws {
        let tool = try #require(Tool("storescp"))
        try await Workplace.inTemporaryFolder { folder in
            let certificates = try Certificates(in: folder)
            let port = try Peer.freePort()
            let arguments = [
                "--ignore", "+tls", certificates.key, certificates.certificate, "+cf", certificates.root,
                "\(port)",
            ]
            try await Peer.running(tool, arguments, port: port, in: folder) { _ in
                var configuration = ClientConfiguration(
                    host: "127.0.0.1", port: port, calledAE: AETitle(known: "STORE"))
                configuration.tls = certificates.settings(.certificate)
                let object = try StorableObject(part10: SampleObject.part10(2, pixelBytes: 300_000))
                let outcomes = await StoreBatch(to: configuration).send([object])
                #expect(outcomes[0].isStored, "\(outcomes[0].result)")
            }
        }
    }

    @Test func aStrangerSCertificateIsRefused() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let certificates = try Certificates(in: folder)
            try await withListener(MemoryProvider(), .loopback { $0.tls = certificates.settings(.none) }) { port, _ in
                var configuration = ClientConfiguration(
                    host: "127.0.0.1", port: port, calledAE: AETitle(known: "HILUM"))
                // The system trusts no root of ours.
                configuration.tls = TLSSettings(verification: .certificate)
                let error = await #expect(throws: UpperLayerError.self) {
                    try await DIMSEClient.connect(to: configuration, contexts: Requests.contexts)
                }
                #expect("\(error.map { "\($0)" } ?? "")".contains("trust each other's certificates"))
                configuration.tls = TLSSettings(trustRootsFile: certificates.root, verification: .hostname)
                let client = try await DIMSEClient.connect(to: configuration, contexts: Requests.contexts)
                #expect(try await client.echo().isSuccess)
                await client.release()
            }
        }
    }

    @Test("A file that can't be read is named, with the reason")
    func unreadable() throws {
        let error = #expect(throws: UpperLayerError.self) {
            try TLSSettings(certificateFile: "/nowhere/a.pem", privateKeyFile: "/nowhere/a.key").check(asServer: true)
        }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(try Troubleshooting.names(text, for: "TLSTests.unreadable"), "\(text)")
    }

    @Test func aPeerWithoutTLSIsSaidInWordsForAnOperator() async throws {
        try await withListener(MemoryProvider(), .loopback { _ in }) { port, _ in
            var configuration = ClientConfiguration(host: "127.0.0.1", port: port, calledAE: AETitle(known: "HILUM"))
            configuration.tls = TLSSettings(verification: .none)
            let error = await #expect(throws: UpperLayerError.self) {
                try await DIMSEClient.connect(to: configuration, contexts: Requests.contexts)
            }
            let text = error.map { "\($0)" } ?? ""
            #expect(text.contains("check that both sides want TLS on this port") && !text.contains("/"), "\(text)")
        }
    }
}
