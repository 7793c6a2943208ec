import Foundation
import HilumTesting
import Testing

/// The promises that only whole processes can keep (docs/ARCHITECTURE.md, *Promises*).
@Suite("Nothing is lost and nothing is said twice", .serialized, .timeLimit(.minutes(10)))
struct PromiseTests {
    @Test("A study sent over three associations has one report, and an object sent twice changes nothing")
    func threeAssociations() async throws {
        try await Node.running(quiet: 3) { node in
            let study = Sample.newUID()
            let files = try (0..<3).map { _ in
                try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            }
            for file in files + [files[0]] { try send("storescu", [file], to: node) }
            let row = try await node.wait(for: study, toBe: "analysed")
            #expect(row["objects"] as? Int == 3)
            #expect(row["revision"] as? Int == 1)
            try send("storescu", [files[1]], to: node)
            let again = try #require(try node.studies()[study])
            #expect(again["revision"] as? Int == 1)
            #expect(again["state"] as? String == "analysed")
        }
    }

    @Test("A wrong called AE title is rejected")
    func wrongCalledTitle() async throws {
        try await Node.running { node in
            let output = try #require(Tool("echoscu")).run(["-v", "-aec", "NOBODY", "127.0.0.1", "\(node.port)"])
            #expect(output.status != 0)
            #expect(output.all.contains("Called AE Title Not Recognized"), "\(output.all)")
        }
    }

    @Test("A transfer that ends in the middle leaves nothing behind")
    func truncatedTransfer() async throws {
        try await Node.running { node in
            let study = Sample.newUID()
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/abort_store.py").path
            let output = try #require(Tool.python).run([script, "\(node.port)", file.path])
            #expect(output.status == 0, "\(output.all)")
            _ = try await node.wait("an empty incoming folder") {
                let incoming = node.folder.appending(path: "data/incoming")
                return try FileManager.default.contentsOfDirectory(atPath: incoming.path).isEmpty ? true : nil
            }
            #expect(try node.studies()[study] == nil)
        }
    }

    @Test("A sequence nested ten thousand deep is refused, and the node goes on")
    func deepSequence() async throws {
        try await Node.running { node in
            let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/store_deep.py").path
            let output = try #require(Tool.python).run([script, "\(node.port)"])
            #expect(output.standardOutput.contains("0xc"), "\(output.all)")
            let study = Sample.newUID()
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            try send("storescu", [file], to: node)
            try await node.wait(for: study, toBe: "analysed")
        }
    }

    @Test("A killed worker's study is analysed all the same")
    func killedWorker() async throws {
        try await Node.running { node in
            let study = Sample.newUID()
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            try send("storescu", [file], to: node)
            try await node.wait(for: study, toBe: "waiting")
            let killed = try workers(of: node)
            #expect(!killed.isEmpty)
            for process in killed { kill(process, SIGKILL) }
            try await node.wait(for: study, toBe: "analysed")
        }
    }

    @Test("A PACS that is down gets its report when it is back")
    func pacsDown() async throws {
        let port = try Peer.freePort()
        try await Node.running(destinations: [Node.Destination(title: "PACS", port: port)]) { node in
            let study = Sample.newUID()
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            try send("storescu", [file], to: node)
            try await node.wait(for: study, toBe: "analysed")
            try await Workplace.inTemporaryFolder { pacs in
                let storescp = try #require(Tool("storescp"))
                try await Peer.running(storescp, ["-od", pacs.path, "\(port)"], port: port, in: pacs) { _ in
                    try await node.wait(for: study, toBe: "reported", seconds: 180)
                    let names = try FileManager.default.contentsOfDirectory(atPath: pacs.path)
                    #expect(names.contains { $0.hasPrefix("SR") })
                }
            }
        }
    }

    @Test("A report of ours that comes back is kept, and is no reason for a new one")
    func echoOfOurOwn() async throws {
        let port = try Peer.freePort()
        try await Workplace.inTemporaryFolder { pacs in
            let storescp = try #require(Tool("storescp"))
            try await Peer.running(storescp, ["-od", pacs.path, "\(port)"], port: port, in: pacs) { _ in
                try await Node.running(destinations: [Node.Destination(title: "PACS", port: port)]) { node in
                    let study = Sample.newUID()
                    let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                    try send("storescu", [file], to: node)
                    try await node.wait(for: study, toBe: "reported")
                    let results = try FileManager.default.contentsOfDirectory(at: pacs, includingPropertiesForKeys: nil)
                        .filter { $0.lastPathComponent.hasPrefix("SR") || $0.lastPathComponent.hasPrefix("SC") }
                    #expect(results.count == 2)
                    try send("dcmsend", results, to: node)
                    // A second study that comes to its end shows that the first had its time.
                    let other = Sample.newUID()
                    try send("storescu", [try Sample.copy(of: file, to: node.folder, study: other)], to: node)
                    try await node.wait(for: other, toBe: "reported")
                    let row = try #require(try node.studies()[study])
                    #expect(row["state"] as? String == "reported")
                    #expect(row["revision"] as? Int == 1)
                }
            }
        }
    }

    @Test("The same UID with other bytes is set aside, and the operator sees it")
    func setAside() async throws {
        try await Node.running { node in
            let study = Sample.newUID()
            let instance = Sample.newUID()
            let first = try await analysed(study, instance, on: node)
            try await Workplace.inTemporaryFolder { elsewhere in
                let other = try Sample.copy(
                    of: first, to: elsewhere, study: study, instance: instance, changes: ["(0008,103e)=OTHER"])
                try send("storescu", [other], to: node)
            }
            let aside = try await node.wait("an object set aside") {
                let rows = try node.queue(["list"]).filter { $0["row"] as? String == "aside" }
                return rows.contains { $0["sopInstance"] as? String == instance } ? rows : nil
            }
            #expect(aside.count == 1)
            let row = try #require(try node.studies()[study])
            #expect(row["revision"] as? Int == 1)
            #expect(row["objects"] as? Int == 1)
        }
    }

    @Test("The same object with other pixels stays aside, compared and kept")
    func setAsideForItsPixels() async throws {
        try await Node.running { node in
            let study = Sample.newUID()
            let instance = Sample.newUID()
            let first = try await analysed(study, instance, on: node)
            try await Workplace.inTemporaryFolder { elsewhere in
                var bytes = try Data(contentsOf: first)
                bytes[bytes.count - 2] ^= 0x55
                let other = elsewhere.appending(path: "other.dcm")
                try bytes.write(to: other)
                try send("storescu", [other], to: node)
            }
            let aside = try await node.wait("a verdict on what was set aside") {
                try node.queue(["list"]).first {
                    $0["row"] as? String == "aside" && $0["state"] as? String != "waiting"
                }
            }
            #expect(aside["state"] as? String == "different")
            #expect(aside["reason"] as? String == "the decoded pixels differ")
        }
    }

    /// The file of an object that the node has received and analysed.
    private func analysed(_ study: String, _ instance: String, on node: Node) async throws -> URL {
        let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study, instance: instance)
        try send("storescu", [file], to: node)
        try await node.wait(for: study, toBe: "analysed")
        return file
    }

    /// Process ids of the node's workers, by their command lines.
    private func workers(of node: Node) throws -> [pid_t] {
        let output = try #require(Tool("pgrep")).run(["-f", "worker --storage \(node.folder.path)"])
        return output.standardOutput.split(separator: "\n").compactMap { pid_t($0) }
    }
}
