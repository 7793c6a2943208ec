import Foundation
import HilumTesting
import Testing

@Suite("Finding a study in the queue", .serialized, .timeLimit(.minutes(5)))
struct QueueTests {
    @Test("By accession number, sender and day; who the patient is shows on request only, which the events then tell")
    func finding() async throws {
        try await Node.running(quiet: 600, more: "analysis: {workers: 0}") { node in
            let studies = [Sample.newUID(), Sample.newUID()]
            for (study, accession) in zip(studies, ["A1", "A2"]) {
                let file = try Sample.copy(
                    of: Sample.radiograph(), to: node.folder, study: study,
                    changes: [
                        "(0008,0050)=\(accession)", "(0010,0020)=PID-\(accession)", "(0010,0010)=Doe^\(accession)",
                    ])
                let sent = try #require(Tool("storescu")).run(
                    ["-aet", "CT\(accession)", "-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
                #expect(sent.status == 0, "\(sent.all)")
            }
            func shown(_ arguments: [String]) throws -> [String] {
                try node.queue(["list"] + arguments).compactMap { $0["study"] as? String }
            }
            #expect(try shown(["--accession", "A2"]) == [studies[1]])
            #expect(try shown(["--sender", "CTA1"]) == [studies[0]])
            #expect(try shown(["--since", "2020-01-01"]).count == 2)
            #expect(try shown(["--until", "2020-01-01"]).isEmpty)

            let plain = try #require(try node.queue(["show", studies[0]]).first)
            #expect(plain["identification"] == nil)
            let asked = try #require(try node.queue(["list", "--accession", "A1", "--identify"]).first)
            let patient = try #require(asked["identification"] as? [String: String])
            #expect(patient == ["accessionNumber": "A1", "patientID": "PID-A1", "patientName": "Doe^A1"])
            func audited(_ study: String) throws -> Int {
                try node.queue(["show", study]).count { $0["kind"] as? String == "identified" }
            }
            #expect(try audited(studies[0]) == 1)
            #expect(try audited(studies[1]) == 0)
        }
    }
}
