import Foundation
import HilumTesting
import Testing

/// SIGHUP reads the configuration again.
@Suite("A configuration that is read again", .serialized, .timeLimit(.minutes(5)), .enabled(if: Tool.python != nil))
struct ReloadTests {
    private struct Settings {
        var peers: [String]
        var associations: Int
        var pduSize: Int
        var titles = ["HILUM"]
        var destinations: [Node.Destination]
    }

    private func write(_ settings: Settings, of node: Node) throws {
        let peers = settings.peers.map { "  - {ae_title: \($0)}\n" }.joined()
        let destinations = settings.destinations.map {
            "  - {name: \($0.title.lowercased()), ae_title: \($0.title), host: 127.0.0.1, port: \($0.port)}\n"
        }.joined()
        let yaml = """
            node:
              ae_titles: [\(settings.titles.joined(separator: ", "))]
              host: 127.0.0.1
              port: \(node.port)
              limits: {associations: \(settings.associations), pdu_size: \(settings.pduSize)}
            storage: {folder: \(node.folder.path)/data}
            assembly: {quiet_seconds: 1}
            peers:
            \(peers)
            destinations:
            \(destinations)
            """
        try Data(yaml.utf8).write(to: node.folder.appending(path: "hilum.yaml"))
    }

    /// Sends the signal and waits for the sentence that says what came of it.
    private func reload(_ node: Node, until sentence: String) async throws -> String {
        let before = node.peer.output.count
        kill(node.peer.identifier, SIGHUP)
        return try await node.wait("the word '\(sentence)'", seconds: 30) {
            node.peer.output.dropFirst(before).split(separator: "\n").first { $0.contains(sentence) }.map(String.init)
        }
    }

    /// Whether a C-ECHO from `title` to `called` is answered, and what PDU length was announced.
    private func echo(_ node: Node, from title: String, to called: String = "HILUM") throws -> (
        isHeard: Bool, pdu: Int?
    ) {
        let output = try #require(Tool("echoscu")).run(
            ["-d", "-aet", title, "-aec", called, "127.0.0.1", "\(node.port)"])
        let length = output.all.matches(of: /Their Max PDU Receive Size:\s+(\d+)/).last.flatMap { Int($0.output.1) }
        return (output.status == 0, length)
    }

    private func associations(_ node: Node, from title: String) throws -> Int? {
        let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/hold_associations.py").path
        let output = try #require(Tool.python).run([script, "\(node.port)", title, "3"])
        return Int(output.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    private func study(_ node: Node, from title: String) async throws -> [String: String] {
        let study = Sample.newUID()
        let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
        let output = try #require(Tool("storescu")).run(
            ["-aet", title, "-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
        try #require(output.status == 0, "\(output.all)")
        try await node.wait(for: study, toBe: "reported")
        let deliveries = try node.queue(["show", study]).filter { $0["row"] as? String == "delivery" }
        return Dictionary(
            deliveries.compactMap { row in
                guard let name = row["destination"] as? String, let state = row["state"] as? String else { return nil }
                return (name, state)
            }
        ) { first, _ in first }
    }

    @Test("Destinations, peers, AE titles and limits of the file are in force after SIGHUP; of a broken file none is")
    func reload() async throws {
        let (first, second) = (try Peer.freePort(), try Peer.freePort())
        let storescp = try #require(Tool("storescp"))
        try await Node.running { node in
            try await Peer.running(storescp, ["--ignore", "\(first)"], port: first, in: node.folder) { _ in
                try await Peer.running(storescp, ["--ignore", "\(second)"], port: second, in: node.folder) { _ in
                    let one = Settings(
                        peers: ["CT1"], associations: 1, pduSize: 16384,
                        destinations: [Node.Destination(title: "ONE", port: first)])
                    try write(one, of: node)
                    _ = try await reload(node, until: "configuration read again")
                    #expect(try echo(node, from: "CT1") == (true, 16384))
                    #expect(try !echo(node, from: "CT2").isHeard)
                    #expect(try !echo(node, from: "CT1", to: "OTHER").isHeard)
                    #expect(try associations(node, from: "CT1") == 1)
                    #expect(try await study(node, from: "CT1") == ["one": "delivered"])

                    let two = Settings(
                        peers: ["CT2"], associations: 3, pduSize: 32768, titles: ["HILUM", "OTHER"],
                        destinations: [Node.Destination(title: "TWO", port: second)])
                    try write(two, of: node)
                    _ = try await reload(node, until: "configuration read again")
                    try await expectSecond(node)

                    let file = node.folder.appending(path: "hilum.yaml")
                    try Data("node: {ae_titles: [HILUM]}\npeers:\n  - {ae_titel: CT1}\n".utf8).write(to: file)
                    let sentence = try await reload(node, until: "configuration not changed")
                    #expect(try Troubleshooting.names(sentence, for: "ReloadTests.reload"))
                    #expect(sentence.contains("\(file.path):3: peers[1].ae_titel: is no key"), "\(sentence)")
                    // The commands of the test read the file too.
                    try write(two, of: node)
                    try await expectSecond(node)
                }
            }
        }
    }

    private func expectSecond(_ node: Node) async throws {
        #expect(try echo(node, from: "CT2") == (true, 32768))
        #expect(try !echo(node, from: "CT1").isHeard)
        #expect(try echo(node, from: "CT2", to: "OTHER").isHeard)
        #expect(try associations(node, from: "CT2") == 3)
        #expect(try await study(node, from: "CT2") == ["two": "delivered"])
    }
}
