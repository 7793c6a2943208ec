import Foundation
import HilumTesting
import Testing

/// Objects reach peers that do not take them as they are.
@Suite("Transcoding", .timeLimit(.minutes(10)), .enabled(if: Tool("storescp") != nil && Tool.python != nil))
struct TranscodingTests {
    private static let explicit = "1.2.840.10008.1.2.1"
    private static let implicit = "1.2.840.10008.1.2"
    private static let jpegLS = "1.2.840.10008.1.2.4.80"

    private static let plain = Sample.studies.appending(path: "ct-slice/CT_small.dcm")
    private static let compressed = Sample.studies.appending(path: "cxr-viral-pneumonia/image.dcm")

    /// Runs `storescp`; `body` gets its port and the folder that it stores into.
    private func withArchive(_ options: [String], _ body: (Int, URL) async throws -> Void) async throws {
        try await Workplace.inTemporaryFolder { folder in
            let stored = folder.appending(path: "stored")
            try FileManager.default.createDirectory(at: stored, withIntermediateDirectories: true)
            let port = try Peer.freePort()
            let arguments = ["-aet", "PACS", "-od", stored.path] + options + ["\(port)"]
            try await Peer.running(try #require(Tool("storescp")), arguments, port: port, in: folder) { _ in
                try await body(port, stored)
            }
        }
    }

    /// DCMTK names what it stores by modality and SOP Instance UID.
    private func stored(_ object: String, in folder: URL) throws -> URL? {
        try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .first { $0.lastPathComponent.hasSuffix(".\(object)") }
    }

    private func instance(of file: URL) throws -> String {
        let output = try #require(Tool("dcmdump")).run(["+P", "SOPInstanceUID", "-s", file.path])
        return String(try #require(output.standardOutput.split(separator: "[").last?.split(separator: "]").first))
    }

    private func expectSame(_ original: URL, in folder: URL, as syntax: String) throws {
        let copy = try #require(try stored(instance(of: original), in: folder), "\(original.path) did not arrive")
        let script = Workplace.root.appending(path: "Tests/EndToEndTests/Peers/same_content.py").path
        let output = try #require(Tool.python).run(["-W", "ignore", script, original.path, copy.path, syntax])
        #expect(output.status == 0, "\(original.path): \(output.all)")
    }

    private func send(_ files: [URL], _ port: Int, _ options: [String] = []) throws -> Tool.Output {
        try Node.program.run(
            ["send", "127.0.0.1", "\(port)", "--called", "PACS"] + options + files.map(\.path))
    }

    @Test("A peer that takes only Implicit VR Little Endian gets every object in it")
    func implicitOnly() async throws {
        try await withArchive(["+xi"]) { port, folder in
            let files = [Self.plain, Self.compressed]
            let refused = try send(files, port, ["--as-is"])
            #expect(refused.status == 1 && refused.standardError.contains("does not take"), "\(refused.all)")
            let output = try send(files, port)
            #expect(output.status == 0, "\(output.all)")
            for file in files { try expectSame(file, in: folder, as: Self.implicit) }
        }
    }

    @Test("A peer without decompression gets compressed objects decompressed, and says so in JSON")
    func uncompressedOnly() async throws {
        try await withArchive([]) { port, folder in
            let output = try send([Self.compressed], port, ["--json"])
            #expect(
                output.status == 0 && output.standardOutput.contains(#""sentAs":"\#(Self.explicit)""#), "\(output.all)")
            try expectSame(Self.compressed, in: folder, as: Self.explicit)
        }
    }

    @Test("What a peer takes as it is keeps every byte of its data set")
    func untouched() async throws {
        try await withArchive(["+xt", "+B"]) { port, folder in
            let output = try send([Self.compressed], port, ["--json"])
            #expect(output.status == 0 && !output.standardOutput.contains("sentAs"), "\(output.all)")
            let copy = try #require(try stored(instance(of: Self.compressed), in: folder))
            try expectSame(Self.compressed, in: folder, as: Self.jpegLS)
            let (one, other) = (try Data(contentsOf: Self.compressed), try Data(contentsOf: copy))
            // The meta headers are their writers'; the data sets end the files.
            let start = try #require(one.firstRange(of: Data([0x08, 0x00, 0x05, 0x00]))).lowerBound
            #expect(other.suffix(one.count - start) == one.suffix(one.count - start))
        }
    }

    @Test("Reports and pictures reach a PACS that takes only Implicit VR Little Endian")
    func delivery() async throws {
        try await withArchive(["+xi"]) { port, folder in
            try await Node.running(destinations: [.init(title: "PACS", port: port)]) { node in
                let study = Sample.newUID()
                let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
                let output = try #require(Tool("storescu")).run(
                    ["-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
                #expect(output.status == 0, "\(output.all)")
                try await node.wait(for: study, toBe: "reported")
                let results = try node.queue(["show", study]).filter { $0["row"] as? String == "delivery" }
                #expect(
                    results.count == 2 && results.allSatisfy { $0["state"] as? String == "delivered" }, "\(results)")
                let enumerator = FileManager.default.enumerator(
                    at: node.folder.appending(path: "data/results"), includingPropertiesForKeys: [.isRegularFileKey])
                let files = (enumerator?.compactMap { $0 as? URL } ?? [])
                    .filter { (try? $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) == true }
                let arrived = try files.filter { try stored(instance(of: $0), in: folder) != nil }
                #expect(arrived.count == 2)
                for file in arrived { try expectSame(file, in: folder, as: Self.implicit) }
            }
        }
    }
}
