import Foundation
import HilumTesting
import Testing

/// What a PACS sees of a store that was lost and came back.
@Suite("A store that was lost comes back, and nothing is reported anew", .serialized, .timeLimit(.minutes(10)))
struct DisasterTests {
    /// Runs `body` with a node that has reported a study and was killed.
    private func withReportedStudy(
        beside: (Node) throws -> Void = { _ in }, _ body: (Node, _ study: String, _ pacs: URL) async throws -> Void
    ) async throws {
        try await Workplace.inTemporaryFolder { pacs in
            let port = try Peer.freePort()
            let storescp = try #require(Tool("storescp"), "storescp is missing: Scripts/bootstrap installs it")
            try await Peer.running(storescp, ["+xa", "-od", pacs.path, "\(port)"], port: port, in: pacs) { _ in
                try await Node.running(destinations: [Node.Destination(title: "PACS", port: port)]) { node in
                    let study = Sample.newUID()
                    let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                    try send([image], to: node)
                    try await node.wait(for: study, toBe: "reported")
                    try beside(node)
                    node.peer.stop()
                    try await body(node, study, pacs)
                }
            }
        }
    }

    private func send(_ files: [URL], to node: Node) throws {
        let output = try #require(Tool("storescu")).run(
            ["-aec", "HILUM", "127.0.0.1", "\(node.port)"] + files.map(\.path))
        #expect(output.status == 0, "\(output.all)")
    }

    private func hilum(_ arguments: [String], _ node: Node) throws -> Tool.Output {
        try Node.program.run(arguments + ["--config", node.folder.path + "/hilum.yaml"])
    }

    /// Starts it again on the same folder.
    private func again<Result>(_ node: Node, _ body: () async throws -> Result) async throws -> Result {
        let peer = try Peer(
            Node.program, ["serve", "--config", node.folder.path + "/hilum.yaml"], port: node.port, in: node.folder)
        defer { peer.stop() }
        try await peer.waitUntilReady(seconds: 120)
        return try await body()
    }

    /// Of what the PACS has, by name.
    private func received(in pacs: URL) throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: pacs.path)
            .filter { $0.hasPrefix("SR") || $0.hasPrefix("SC") || $0.hasPrefix("KO") }
        return try Dictionary(uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: pacs.appending(path: $0))) })
    }

    @Test("A destroyed database is made anew from the spool: the PACS gets the same objects again and no other")
    func destroyedDatabase() async throws {
        try await withReportedStudy { node, study, pacs in
            let before = try received(in: pacs)
            #expect(before.count == 2)
            let database = node.folder.appending(path: "data/hilum.sqlite")
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: database.path + suffix) }
            try Data(repeating: 0x5A, count: 65_536).write(to: database)

            let start = try hilum(["serve"], node)
            #expect(start.status == 1, "\(start.all)")
            #expect(
                start.standardError.contains("is damaged")
                    && start.standardError.contains("hilum storage check --repair"))
            let look = try hilum(["storage", "check"], node)
            #expect(look.status == 1 && look.standardOutput.contains("problem database"), "\(look.all)")
            let repair = try hilum(["storage", "check", "--repair"], node)
            #expect(repair.status == 0, "\(repair.all)")
            #expect(
                repair.standardOutput.contains("1 studies with 1 objects and 5 results of 1 revisions"), "\(repair.all)"
            )

            for name in before.keys { try FileManager.default.removeItem(at: pacs.appending(path: name)) }
            try await again(node) {
                let row = try await node.wait(for: study, toBe: "reported")
                #expect(row["revision"] as? Int == 1)
                #expect(try received(in: pacs) == before)
            }
            let good = try hilum(["storage", "check", "--deep"], node)
            #expect(good.status == 0, "\(good.all)")
        }
    }

    @Test("A backup of the running node, restored after everything was lost, is the node as it was")
    func lostStore() async throws {
        try await Workplace.inTemporaryFolder { disk in
            let backup = disk.appending(path: "backup").path
            func make(_ node: Node) throws {
                for (kept, linked) in [(0, 6), (6, 0)] {
                    let made = try hilum(["backup", backup, "--json"], node)
                    #expect(made.status == 0, "\(made.all)")
                    let report = try #require(
                        try JSONSerialization.jsonObject(with: Data(made.standardOutput.utf8)) as? [String: Any])
                    #expect(report["kept"] as? Int == kept, "\(made.all)")
                    #expect((report["linked"] as? Int ?? 0) + (report["copied"] as? Int ?? 0) == linked, "\(made.all)")
                }
                let running = try hilum(["restore", backup, "--replace"], node)
                #expect(
                    running.status == 1 && running.standardError.contains("another gateway works on"), "\(running.all)")
            }
            try await withReportedStudy(beside: make) { node, study, pacs in
                let before = try received(in: pacs)
                let image = try #require(
                    try FileManager.default.contentsOfDirectory(at: node.folder, includingPropertiesForKeys: nil)
                        .first { $0.pathExtension == "dcm" })
                try FileManager.default.removeItem(at: node.folder.appending(path: "data"))
                let restored = try hilum(["restore", backup], node)
                #expect(
                    restored.status == 0 && restored.standardOutput.contains("1 studies, 6 files"), "\(restored.all)")
                let twice = try hilum(["restore", backup], node)
                #expect(twice.status == 1 && twice.standardError.contains("add --replace"), "\(twice.all)")
                try await again(node) {
                    try await node.wait(for: study, toBe: "reported")
                    // A study that comes to its end shows that the first had its time.
                    let other = Sample.newUID()
                    try send([image, try Sample.copy(of: image, to: node.folder, study: other)], to: node)
                    try await node.wait(for: other, toBe: "reported")
                    let row = try #require(try node.studies()[study])
                    #expect(row["revision"] as? Int == 1 && row["state"] as? String == "reported")
                    let after = try received(in: pacs)
                    #expect(after.count == before.count + 2 && before.allSatisfy { after[$0.key] == $0.value })
                }
            }
        }
    }

    @Test("The doctor of a running node finds it well, and says of a destination that is gone what to look at")
    func doctor() async throws {
        try await Node.running(
            destinations: [Node.Destination(title: "PACS", port: try Peer.freePort())], more: "analysis: {workers: 0}"
        ) { node in
            let output = try hilum(["doctor", "--json"], node)
            let lines = try output.standardOutput.split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: String]
            }
            let states = Dictionary(lines.compactMap { line in line["name"].map { ($0, line) } }) { $1 }
            for name in ["bundle", "worker", "port", "folder", "space", "database", "clock", "machine"] {
                #expect(states[name]?["state"] == "ok", "\(name): \(output.all)")
            }
            #expect(states["port"]?["says"]?.contains("the running node's") == true)
            #expect(states["destination pacs"]?["state"] == "error")
            #expect(states["destination pacs"]?["says"]?.contains("check that the peer runs") == true)
            #expect(output.status == 1)
        }
    }
}
