import Foundation
import HilumTesting
import Testing

/// What a running node removes, and what is said of it.
@Suite("What is removed", .serialized, .timeLimit(.minutes(10)))
struct RetentionTests {
    private func storage(_ node: Node) throws -> [[String: Any]] {
        let output = try Node.program.run(["storage", "--config", node.folder.path + "/hilum.yaml", "--json"])
        try #require(output.status == 0, "\(output.all)")
        return try output.standardOutput.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    private func files(_ node: Node, _ rows: [[String: Any]]) -> Int? {
        rows.first { $0["kind"] as? String == "received objects" }?["files"] as? Int
    }

    @Test("Images go once the archive has the results; sent again, they are kept and nothing is reported anew")
    func images() async throws {
        try await Orthanc.running { orthanc in
            let more = "retention: {source_days: 0}"
            try await Node.running(destinations: [orthanc.asDestination], more: more) { node in
                let study = Sample.newUID()
                let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                let send = {
                    try #require(Tool("storescu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
                }
                #expect(try send().status == 0)
                try await node.wait(for: study, toBe: "reported")
                let removed = try await node.wait("the removal") {
                    try node.studies()[study]?["sourcesRemoved"] as? [String: Any]
                }
                #expect(removed["cause"] as? String == "age")
                _ = try await node.wait("the file's end") { try files(node, storage(node)) == 0 ? true : nil }
                let events = try node.queue(["show", study]).compactMap { $0["kind"] as? String }
                #expect(events.contains("removed"))
                let instances = try orthanc.instances().sorted()
                #expect(try send().status == 0)
                #expect(try files(node, storage(node)) == 1)
                let row = try await node.wait(for: study, toBe: "reported")
                #expect(row["revision"] as? Int == 1)
                #expect(try orthanc.instances().sorted() == instances)
            }
        }
    }
}
