import Foundation
import HilumTesting
import Testing

/// What a PACS holds of a study after late images came.
@Suite("A revision leaves nothing that looks current", .serialized, .timeLimit(.minutes(5)))
struct RevisionTests {
    /// Runs `body` beside a storescp and a node that sends there, with these words for the destination.
    private func withArchive(_ words: String, _ body: (Node, URL) async throws -> Void) async throws {
        try await Workplace.inTemporaryFolder { pacs in
            let port = try Peer.freePort()
            let storescp = try #require(Tool("storescp"), "storescp is missing: Scripts/bootstrap installs it")
            try await Peer.running(storescp, ["+xa", "-od", pacs.path, "\(port)"], port: port, in: pacs) { _ in
                let destination = "{name: pacs, ae_title: PACS, host: 127.0.0.1, port: \(port), \(words)}"
                try await Node.running(more: "destinations:\n  - \(destination)") { try await body($0, pacs) }
            }
        }
    }

    /// What storescp took, by the letters for its class that it puts before a file's name.
    private func received(_ letters: String, in pacs: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: pacs.path).filter { $0.hasPrefix(letters) }
            .map { pacs.appending(path: $0) }
    }

    @Test("The former report and picture are noted as superseded, once each, in a document that others read")
    func superseded() async throws {
        try await withArchive("mark_superseded: true") { node, pacs in
            let study = Sample.newUID()
            func add() async throws {
                let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                try send("storescu", [image], to: node)
            }
            try await add()
            try await node.wait(for: study, toBe: "reported")
            let former = try received("SR", in: pacs) + received("SC", in: pacs)
            #expect(try former.count == 2 && received("KO", in: pacs).isEmpty)
            try await add()
            let notes = try await node.wait("two notes") {
                let notes = try received("KO", in: pacs)
                return notes.count == 2 ? notes : nil
            }
            try await node.wait(for: study, toBe: "reported")
            let texts = try notes.map(dump)
            for text in texts { #expect(text.contains("SUPERSEDED") && text.contains("by revision 2")) }
            for file in former {
                let instance = try #require(file.lastPathComponent.split(separator: ".", maxSplits: 1).last)
                #expect(texts.count { $0.contains(instance) } == 1, "\(file.lastPathComponent)")
            }
        }
    }

    private func dump(_ file: URL) throws -> String {
        let complaints = try #require(Tool("dciodvfy")).run([file.path]).all.split(separator: "\n")
            .filter { $0.hasPrefix("Error") }
        #expect(complaints.isEmpty, "\(complaints)")
        let output = try #require(Tool("dsrdump")).run(["+Pl", "+Pc", "+Pu", file.path])
        #expect(output.status == 0, "\(output.all)")
        return output.standardOutput
    }

    @Test("A destination that does not want to hear of what can't be analysed gets nothing of it, and the study ends")
    func notAnalysable() async throws {
        try await withArchive("send_not_analysable: false") { node, pacs in
            let study = Sample.newUID()
            let lateral = ["(0018,5101)=LL"]
            let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study, changes: lateral)
            try send("storescu", [image], to: node)
            let row = try await node.wait(for: study, toBe: "not analysable")
            #expect(row["reason"] as? String != nil)
            #expect(try node.queue(["list"]).allSatisfy { $0["row"] as? String != "delivery" })
            #expect(try received("SR", in: pacs).isEmpty)
        }
    }
}
