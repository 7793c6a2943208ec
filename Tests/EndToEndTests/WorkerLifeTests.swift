import Foundation
import HilumTesting
import Testing

/// Workers live and die with their gateway.
@Suite("Workers", .serialized, .timeLimit(.minutes(10)), .enabled(if: Tool("pgrep") != nil))
struct WorkerLifeTests {
    /// Process ids of the node's workers.
    private func workers(of node: Node) throws -> Set<String> {
        let output = try #require(Tool("pgrep")).run(["-f", "hilum worker --storage \(node.folder.path)/data"])
        return Set(output.standardOutput.split(separator: "\n").map(String.init))
    }

    private func waitForWorkers(_ count: Int, of node: Node) async throws -> Set<String> {
        try await node.wait("\(count) workers", seconds: 60) {
            let workers = try workers(of: node)
            return workers.count == count ? workers : nil
        }
    }

    @Test("A worker that is sent SIGTERM ends, and another takes its place")
    func terminated() async throws {
        try await Node.running { node in
            let first = try await waitForWorkers(1, of: node)
            #expect(try #require(Tool("kill")).run(["-TERM"] + first).status == 0)
            _ = try await node.wait("another worker", seconds: 60) {
                let workers = try workers(of: node)
                return workers.count == 1 && workers != first ? workers : nil
            }
        }
    }

    @Test("When the gateway is killed, its idle workers end")
    func idle() async throws {
        try await Node.running(more: "analysis: {workers: 2}") { node in
            _ = try await waitForWorkers(2, of: node)
            node.peer.stop()
            _ = try await waitForWorkers(0, of: node)
            #expect(!node.peer.output.contains("crashed"), "\(node.peer.output)")
        }
    }

    @Test("When the gateway is killed, a worker ends after the job at hand and does not crash")
    func working() async throws {
        try await Node.running { node in
            let study = Sample.newUID()
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            _ = try await waitForWorkers(1, of: node)
            let output = try #require(Tool("storescu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
            #expect(output.status == 0, "\(output.all)")
            let job = {
                try node.queue(["show", study]).first { $0["row"] as? String == "job" }?["state"] as? String
            }
            _ = try await node.wait("a job that runs") { ["running", "done"].contains(try job()) ? true : nil }
            node.peer.stop()
            _ = try await waitForWorkers(0, of: node)
            #expect(try job() == "done")
            #expect(!node.peer.output.contains("crashed"), "\(node.peer.output)")
        }
    }
}
