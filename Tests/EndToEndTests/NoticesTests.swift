import Foundation
import HilumTesting
import Testing

@Suite(
    "Triage reaches somebody", .timeLimit(.minutes(5)), .enabled(if: Tool.python != nil && Tool("curl") != nil))
struct NoticesTests {
    private struct Peers {
        let web: Int
        let mail: Int
        let folder: URL

        /// What came so far.
        func notices(_ way: String) throws -> [[String: Any]] {
            let file = folder.appending(path: "notices.jsonl")
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { return [] }
            return try text.split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }.filter { $0["way"] as? String == way }
        }
    }

    private func withPeers(_ body: (Peers) async throws -> Void) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let peers = Peers(web: try Peer.freePort(), mail: try Peer.freePort(), folder: folder)
            let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/take_notices.py").path
            let arguments = [script, "\(peers.web)", "\(peers.mail)", "hush", folder.path]
            try Data("hush\n".utf8).write(to: folder.appending(path: "secret"))
            try await Peer.running(try #require(Tool.python), arguments, port: peers.web, in: folder) { _ in
                try await body(peers)
            }
        }
    }

    @Test(
        "A signed webhook comes again after a failure, a mail names the patient on request, and neither where no rule is met"
    )
    func both() async throws {
        try await withPeers { peers in
            let more = """
                notices:
                  - {name: pager, webhook: "http://127.0.0.1:\(peers.web)/", secret_file: \(peers.folder.path)/secret}
                  - name: ward
                    mail: {server: "smtp://127.0.0.1:\(peers.mail)", from: hilum@node.example, to: [ward@node.example]}
                    identify: true
                  - {name: nobody, webhook: "http://127.0.0.1:\(peers.web)/", outcomes: [unheard_of]}
                """
            try await Node.running(more: more) { node in
                let study = Sample.newUID()
                let file = try Sample.copy(
                    of: Sample.radiograph(), to: node.folder, study: study,
                    changes: [
                        "(0010,0010)=Grün^Ida", "(0008,0005)=ISO_IR 192", "(0010,0020)=PID-7", "(0008,0050)=ACC-7",
                    ])
                let sent = try #require(Tool("storescu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
                #expect(sent.status == 0, "\(sent.all)")

                let web = try await node.wait("the webhook's second try") {
                    let came = try peers.notices("webhook")
                    return came.count == 2 ? came : nil
                }
                #expect(web.allSatisfy { $0["signed"] as? Bool == true })
                #expect(web.map { $0["status"] as? Int } == [503, 200])
                #expect(Set(web.compactMap { $0["id"] as? String }).count == 1, "the same notice, by its id")
                let body = try #require(web[1]["body"] as? [String: Any])
                #expect(body["study"] as? String == study && body["revision"] as? Int == 1 && body["patient"] == nil)
                #expect(body["outcome"] is String && body["notice"] as? String == "Research use, not a diagnosis")

                let mail = try await node.wait("the mail") { try peers.notices("mail").first }
                let text = try #require(mail["text"] as? String)
                #expect(text.contains("Grün^Ida, PID-7") && text.contains("ACC-7") && text.contains(study))
                #expect((mail["subject"] as? String)?.hasPrefix("HILUM: ") == true)
                #expect(mail["receivers"] as? [String] == ["ward@node.example"])

                let rows = try await node.wait("the record of both") {
                    let rows = try node.queue(["show", study]).filter { $0["row"] as? String == "notice" }
                    return rows.allSatisfy { $0["state"] as? String == "delivered" } ? rows : nil
                }
                #expect(Set(rows.compactMap { $0["receiver"] as? String }) == ["pager", "ward"])
                #expect(!node.peer.output.contains("Ida") && !node.peer.output.contains("hush"))
            }
        }
    }
}
