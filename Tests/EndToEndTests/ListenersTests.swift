import Foundation
import HilumTesting
import Testing

@Suite("Several ports at once", .timeLimit(.minutes(5)), .enabled(if: Tool("openssl") != nil && Tool("echoscu") != nil))
struct ListenersTests {
    @Test("A port with TLS and one without let in their own peers each, also after the configuration was read again")
    func plainAndTLS() async throws {
        let secure = try Peer.freePort()
        try await Workplace.inTemporaryFolder { keys in
            let made = try #require(Tool("openssl")).run(
                [
                    "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=node", "-keyout", "node.key", "-out",
                    "node.pem", "-days", "2",
                ], in: keys)
            try #require(made.status == 0, "\(made.all)")
            let more = """
                analysis: {workers: 0}
                peers: [{ae_title: CT1}]
                listeners:
                  - {port: \(secure), tls: {certificate: \(keys.path)/node.pem, key: \(keys.path)/node.key}, \
                peers: [{ae_title: CLINIC}]}
                """
            try await Node.running(more: more) { node in
                func isHeard(_ title: String, _ port: Int) throws -> Bool {
                    let tls = port == secure ? ["+tla", "--ignore-peer-cert"] : []
                    return try #require(Tool("echoscu"))
                        .run(tls + ["-aet", title, "-aec", "HILUM", "127.0.0.1", "\(port)"]).status == 0
                }
                #expect(try isHeard("CT1", node.port) && !isHeard("CLINIC", node.port))
                #expect(try isHeard("CLINIC", secure) && !isHeard("CT1", secure))

                let file = node.folder.appending(path: "hilum.yaml")
                let text = try String(contentsOf: file, encoding: .utf8)
                try Data(text.replacing("CLINIC", with: "PRAXIS").utf8).write(to: file)
                kill(node.peer.identifier, SIGHUP)
                _ = try await node.wait("the word that it was read") {
                    node.peer.output.contains("peers of listeners in force") ? true : nil
                }
                #expect(try isHeard("PRAXIS", secure) && !isHeard("CLINIC", secure) && isHeard("CT1", node.port))
            }
        }
    }
}
