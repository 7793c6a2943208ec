import Foundation
import HilumTesting
import Testing

/// `hilum bench … --json` is read by the scripts of `Conformance/bench`: a JSON object a line, with these keys.
@Suite("Benchmarks", .serialized, .timeLimit(.minutes(5)))
struct BenchTests {
    private func lines(_ arguments: String...) throws -> [[String: Any]] {
        let output = try Node.program.run(["bench"] + arguments + ["--json"])
        #expect(output.status == 0, "\(output.all)")
        return try output.standardOutput.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test("Images: a line for each thing timed", arguments: ["imaging", "texture"])
    func images(part: String) throws {
        let lines = try lines(part, "--side", "64", "--runs", "3")
        let names = Set(lines.compactMap { $0["name"] as? String })
        #expect(names.isSuperset(of: part == "imaging" ? ["equalize", "wiener3x3"] : ["cooccurrence", "texture"]))
        for line in lines { #expect(try #require(line["median"] as? Double) > 0) }
    }

    @Test("Limits: products and memory, of one thread and of all")
    func limits() throws {
        let line = try #require(try lines("limits", "--threads", "2").first)
        for name in ["f32", "read", "triad"] {
            let rate = try #require(line[name] as? [String: Double])
            #expect(try #require(rate["oneThread"]) > 0 && #require(rate["allThreads"]) > 0)
        }
    }

    @Test("Inference: the rounds in their order, their ends, and memory")
    func inference() throws {
        let line = try #require(
            try lines("inference", "--network", "resnet101", "--side", "64", "--rounds", "11").first)
        let rounds = try #require(line["milliseconds"] as? [Double])
        #expect(rounds.count == 11)
        #expect(line["leastMilliseconds"] as? Double == rounds.min())
        // A tenth is rounded up: the larger of two.
        #expect(line["earlyMilliseconds"] as? Double == rounds.prefix(2).max())
        #expect(line["lateMilliseconds"] as? Double == rounds.suffix(2).max())
        #expect(try #require(line["peakResidentMegabytes"] as? Double) > 10)
    }
}
