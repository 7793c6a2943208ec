import Foundation
import HilumTesting
import Testing

/// A few of what `make faults` does two hundred times.
@Suite("A node that meets faults", .serialized, .timeLimit(.minutes(10)))
struct FaultTests {
    private static let kinds = [
        "kill_gateway", "kill_worker", "kill_both", "lost_file", "damaged_file", "lost_result", "pacs_cuts",
        "clock_back",
    ]

    @Test("Whatever is killed, lost or set, nothing that was acknowledged is, and each study has one current report")
    func faults() throws {
        let script = Workplace.root.appending(path: "Conformance/faults/run.py").path
        let output = try #require(Tool.python).run([
            script, Node.program.path, "--faults", "\(Self.kinds.count)", "--kinds",
            Self.kinds.joined(separator: ","),
        ])
        #expect(output.status == 0, "\(output.all)")
        #expect(output.standardOutput.contains("\(Self.kinds.count) of \(Self.kinds.count) faults"))
    }
}
