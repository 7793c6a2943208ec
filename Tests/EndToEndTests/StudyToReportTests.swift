import Foundation
import HilumTesting
import Testing

/// One study in, one report out, with programs on both sides that are not ours.
@Suite("A study sent by a modality comes back to the PACS as report and picture", .serialized)
struct StudyToReportTests {
    @Test("storescu → Hilum → Orthanc: the PACS shows a coded report and a picture under the study")
    func storescuToOrthanc() async throws {
        try await Orthanc.running { orthanc in
            try await Node.running(destinations: [orthanc.asDestination]) { node in
                let study = Sample.newUID()
                let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                try send("storescu", [image], to: node)
                try await node.wait(for: study, toBe: "reported")

                let received = try await node.wait("two objects in Orthanc") {
                    let instances = try orthanc.instances()
                    return instances.count == 2 ? instances : nil
                }
                let tags = try received.map(orthanc.tags)
                #expect(tags.allSatisfy { $0["StudyInstanceUID"] as? String == study })
                #expect(Set(tags.compactMap { $0["Modality"] as? String }).contains("SR"))
                for (instance, tags) in zip(received, tags) {
                    if tags["Modality"] as? String == "SR" {
                        try judgeReport(orthanc.get("/instances/\(instance)/file"), beside: image, in: node.folder)
                    } else {
                        let preview = try orthanc.get("/instances/\(instance)/preview")
                        #expect(preview.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]), "Orthanc renders no PNG of it")
                    }
                }
            }
        }
    }

    @Test("dcmsend, pynetdicom and hilum send deliver to Hilum, and echoscu is answered", .timeLimit(.minutes(5)))
    func everySenderIsUnderstood() async throws {
        let python = try #require(Tool.python, "the Python of Scripts/bootstrap is missing")
        try await Node.running { node in
            let echo = try #require(Tool("echoscu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)"])
            #expect(echo.status == 0, "\(echo.all)")
            let studies = [Sample.newUID(), Sample.newUID(), Sample.newUID()]
            let files = try studies.map { try Sample.copy(of: Sample.radiograph(), to: node.folder, study: $0) }
            try send("dcmsend", [files[0]], to: node)
            let pynetdicom = try python.run(
                ["-m", "pynetdicom", "storescu", "127.0.0.1", "\(node.port)", files[1].path, "-aec", "HILUM"])
            #expect(pynetdicom.status == 0, "\(pynetdicom.all)")
            let own = try Node.program.run(
                ["send", "127.0.0.1", "\(node.port)", files[2].path, "--called", "HILUM"])
            #expect(own.status == 0, "\(own.all)")
            // Without a destination the results stay in the store.
            for study in studies { try await node.wait(for: study, toBe: "analysed") }
        }
    }

    @Test("The phantom's CT series ends in review with lungs and texture reported", .timeLimit(.minutes(5)))
    func ctSeries() async throws {
        try await Workplace.inTemporaryFolder { pacs in
            let port = try Peer.freePort()
            let storescp = try #require(Tool("storescp"))
            let arguments = ["+xa", "-od", pacs.path, "\(port)"]
            try await Peer.running(storescp, arguments, port: port, in: pacs) { _ in
                try await Node.running(destinations: [Node.Destination(title: "PACS", port: port)]) { node in
                    let phantom = Sample.studies.appending(path: "ct-phantom")
                    let files = try FileManager.default.contentsOfDirectory(
                        at: phantom, includingPropertiesForKeys: nil
                    )
                    .filter { $0.pathExtension == "dcm" }
                    try send("storescu", files, to: node)
                    let study = try #require(try node.studies().keys.first)
                    try await node.wait(for: study, toBe: "reported")
                    let report = try FileManager.default.contentsOfDirectory(atPath: pacs.path)
                        .first { $0.hasPrefix("SR") }
                    let text = try dump(pacs.appending(path: try #require(report)).path)
                    #expect(text.contains("RSN_UNLIKE"))
                    #expect(text.contains("INVOLVEMENT") && text.contains("CLS_NON_COVID"))
                    #expect(text.contains("Contrast of GLCM"))
                    #expect(text.contains("SCOORD"))
                }
            }
        }
    }

    private func dump(_ path: String) throws -> String {
        let output = try #require(Tool("dsrdump")).run(["+Pl", "+Pc", path])
        #expect(output.status == 0, "\(output.all)")
        return output.standardOutput
    }

    private func judgeReport(_ bytes: Data, beside image: URL, in folder: URL) throws {
        let report = folder.appending(path: "report-of-orthanc.dcm")
        try bytes.write(to: report)
        let complaints = try #require(Tool("dciodvfy")).run([report.path]).all.split(separator: "\n")
            .filter { $0.hasPrefix("Error") }
        #expect(complaints.isEmpty, "\(complaints)")
        let contradictions = try #require(Tool("dcentvfy")).run([image.path, report.path])
        #expect(contradictions.status == 0 && !contradictions.all.contains("Error"), "\(contradictions.all)")
        let html = try #require(Tool("dsr2html")).run([report.path])
        #expect(html.status == 0 && html.standardOutput.contains("<html"), "\(html.standardError)")
        let judge = Workplace.root.appending(path: "Conformance/judge.py").path
        let reader = try #require(Tool.python).run([judge, "--report", report.path])
        #expect(reader.status == 0, "\(reader.all)")
    }
}

/// Sends with one of DCMTK's senders; a failure is a failure of the test.
func send(_ program: String, _ files: [URL], to node: Node, options: [String] = []) throws {
    let tool = try #require(Tool(program), "\(program) is missing: Scripts/bootstrap installs it")
    let output = try tool.run(options + ["-aec", "HILUM", "127.0.0.1", "\(node.port)"] + files.map(\.path))
    try #require(output.status == 0, "\(program): \(output.all)")
}
