import Foundation
import HilumTesting
import Testing

/// Promise 8 against everything that a running node prints and writes down, in good days and bad ones.
@Suite("No patient in a log", .serialized, .timeLimit(.minutes(10)), .enabled(if: Tool.python != nil))
struct PrivacyTests {
    /// Words that nothing but this patient brings in, cut as values of eight characters cut them.
    private static let patient = (name: "Zwetschgenstein^Aurelia", id: "XQ77-PATIENT", birth: "19310714")
    private static let words = ["zwetschg", "aurelia", "xq77", "19310714", "1931-07-14", "14.07.1931"]
    private static let misfits = ["numbers", "short", "dates", "part", "fragment", "uids"]

    /// An image of the patient, whose name stands in descriptions too.
    private func image(
        _ study: String, _ instance: String = Sample.newUID(), in folder: URL, number: Int = 1
    ) throws -> URL {
        let (name, id, birth) = Self.patient
        return try Sample.copy(
            of: Sample.radiograph(), to: folder, study: study, instance: instance,
            changes: [
                "(0010,0010)=\(name)", "(0010,0020)=\(id)", "(0010,0030)=\(birth)", "(0010,1000)=\(id)",
                "(0008,1030)=\(name)", "(0008,103e)=\(name)", "(0008,0050)=\(id)", "(0020,0010)=\(id)",
                "(0020,4000)=\(name) \(birth)", "(0010,4000)=\(name)", "(0018,1030)=\(name)",
                "(0020,0013)=\(number)",
            ])
    }

    private func misfit(_ kind: String, of image: URL) throws -> URL {
        let target = image.deletingPathExtension().appendingPathExtension("\(kind).dcm")
        let (name, id, birth) = Self.patient
        try python("misfit.py", [kind, image.path, target.path, name, id, birth])
        return target
    }

    private func python(_ script: String, _ arguments: [String]) throws {
        let path = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/\(script)").path
        let output = try #require(Tool.python).run(["-W", "ignore", path] + arguments)
        try #require(output.status == 0, "\(script): \(output.all)")
    }

    /// As any modality would; whether it is taken is not the question here.
    @discardableResult
    private func send(_ file: URL, to node: Node) throws -> Tool.Output {
        try #require(Tool("storescu")).run(["-xy", "-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
    }

    private func names(_ text: some StringProtocol) -> [String] {
        Self.words.filter { text.range(of: $0, options: .caseInsensitive) != nil }
    }

    @Test("Reception, analysis, delivery, refusals, misfits and dead workers name no patient, in no line and no column")
    func nobody() async throws {
        let (taking, refusing) = (try Peer.freePort(), try Peer.freePort())
        try await Workplace.inTemporaryFolder { pacs in
            let storescp = try #require(Tool("storescp"))
            let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/refuse_store.py").path
            try await Peer.running(storescp, ["--ignore", "\(taking)"], port: taking, in: pacs) { _ in
                let python = try #require(Tool.python)
                try await Peer.running(python, [script, "\(refusing)", "BAD"], port: refusing, in: pacs) { _ in
                    let destinations = [
                        Node.Destination(title: "GOOD", port: taking), Node.Destination(title: "BAD", port: refusing),
                    ]
                    let http = try Peer.freePort()
                    let more = "logging: {level: debug}\nhttp: {port: \(http)}"
                    try await Node.running(destinations: destinations, more: more) { node in
                        try await liveThrough(node)
                        try expectNobodyOnPages("http://127.0.0.1:\(http)")
                        try await expectNobody(node)
                    }
                }
            }
        }
    }

    private func liveThrough(_ node: Node) async throws {
        let (study, instance) = (Sample.newUID(), Sample.newUID())
        let first = try image(study, instance, in: node.folder)
        #expect(try send(first, to: node).status == 0)
        // A worker that dies of it.
        _ = try await node.wait("its analysis") { node.peer.output.contains("analysing") ? true : nil }
        let workers = try #require(Tool("pgrep")).run(["-f", "hilum worker --storage \(node.folder.path)/data"])
        for worker in workers.standardOutput.split(separator: "\n") { _ = Int32(worker).map { kill($0, SIGSEGV) } }
        // Refused, or taken with a warning at the second try.
        _ = try await node.wait("the end of its deliveries") {
            let states = try node.queue(["show", study]).filter { $0["row"] as? String == "delivery" }
                .compactMap { $0["state"] as? String }
            return states.count == 4 && !states.contains { ["waiting", "sending"].contains($0) } ? states : nil
        }
        try await Workplace.inTemporaryFolder { elsewhere in
            let other = try image(study, instance, in: elsewhere, number: 2)
            #expect(try send(other, to: node).status == 0)
            try python("abort_store.py", ["\(node.port)", try image(Sample.newUID(), in: elsewhere).path])
        }
        for kind in Self.misfits { try send(misfit(kind, of: image(Sample.newUID(), in: node.folder)), to: node) }
        try python("store_deep.py", ["\(node.port)"])
        try await loseFile(of: node)
        _ = try await node.wait("an end of every study") {
            let states = try node.studies().values.compactMap { $0["state"] as? String }
            return states.contains { ["receiving", "waiting"].contains($0) } ? nil : states
        }
    }

    /// A study whose file vanishes before it is read.
    private func loseFile(of node: Node) async throws {
        let study = Sample.newUID()
        #expect(try send(image(study, in: node.folder), to: node).status == 0)
        let objects = node.folder.appending(path: "data/objects")
        let files = try FileManager.default.subpathsOfDirectory(atPath: objects.path).filter { $0.hasSuffix(".dcm") }
        let mine = try files.map { objects.appending(path: $0) }.filter {
            try Data(contentsOf: $0).range(of: Data(study.utf8)) != nil
        }
        let file = try #require(mine.first)
        // The patient is in what was kept, or nothing here would mean anything.
        #expect(!names(String(decoding: try Data(contentsOf: file), as: UTF8.self)).isEmpty)
        try Data("torn".utf8).write(to: file)
    }

    private func expectNobodyOnPages(_ root: String) throws {
        let curl = try #require(Tool("curl"))
        for page in ["/metrics", "/health/ready", "/health/live"] {
            let output = try curl.run(["-s", "-i", "--max-time", "20", root + page])
            #expect(output.status == 0 && output.standardOutput.hasPrefix("HTTP/1.1"), "\(page): \(output.all)")
            for line in output.standardOutput.split(separator: "\n") where !names(line).isEmpty {
                Issue.record("\(page) names \(names(line)): \(line)")
            }
            guard page == "/metrics" else { continue }
            // It tells of all that the node went through.
            for series in [
                "outcome=\"refused\"", "outcome=\"set_aside\"", "state=\"dead\"", "hilum_worker_ends_total{",
            ] {
                #expect(output.standardOutput.contains(series), "the page has no \(series)")
            }
        }
    }

    private func expectNobody(_ node: Node) async throws {
        node.peer.stop()
        let said = node.peer.output
        for line in said.split(separator: "\n") where !names(line).isEmpty {
            Issue.record("the log names \(names(line)): \(line)")
        }
        let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/dump_database.py").path
        let database = node.folder.appending(path: "data/hilum.sqlite").path
        let dump = try #require(Tool.python).run([script, database])
        #expect(dump.status == 0, "\(dump.all)")
        for line in dump.standardOutput.split(separator: "\n") where !names(line).isEmpty {
            Issue.record("the database names \(names(line)): \(line)")
        }
        #expect(!said.contains("Backtrac"))
        for word in [
            "association accepted", "other bytes under a kept UID", "object refused", "signal 11", "0xC001", "0xA700",
            "0xB000", "not analysable", "accepted",
        ] { #expect(said.contains(word), "the log has no '\(word)': \(said)") }
        for word in ["event.text", "0xC001", "0xB000", "set aside", "parked"] {
            #expect(dump.standardOutput.contains(word), "the database has no '\(word)'")
        }
    }
}
