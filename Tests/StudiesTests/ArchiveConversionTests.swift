import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Imaging
import Testing

@testable import Studies

/// Archives as they lie on people's disks and discs.
@Suite struct ArchiveConversionTests {
    private struct Result {
        var made: [String] = []
        var broken: [String] = []
        var remarks: [String] = []
        var silent = 0
    }

    private func export(
        _ archive: URL, to output: URL, names: ExportOptions.Names = .keyed, originals: URL? = nil
    ) async throws -> Result {
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let conversion = try Conversion(
            exporting: ArchiveExport(
                ExportOptions(names: names), output: output,
                pseudonym: try Pseudonym(keyFile: output.appending(path: "pseudonym.key"))),
            originals: originals)
        var result = Result()
        try await conversion.run([archive], threads: 2) { outcome in
            switch outcome {
            case .made(let files): result.made += files
            case .broken(let sentence): result.broken.append(sentence)
            case .passedOver(let remark?): result.remarks.append(remark)
            case .passedOver(nil): result.silent += 1
            }
        }
        return result
    }

    private func folder(_ name: String, in folder: URL) throws -> URL {
        let made = folder.appending(path: name)
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        return made
    }

    private static let image = Sample.radiograph("normal")

    @Test("Nothing that a run leaves beside its key names a patient, a study or a source")
    func namesAreKeyed() async throws {
        try await Workplace.inTemporaryFolder { place in
            let archive = try folder("archive/Muster^Max", in: place)
            try FileManager.default.copyItem(at: Self.image, to: archive.appending(path: "MusterThorax.dcm"))
            let (output, originals) = (place.appending(path: "out"), place.appending(path: "originals.csv"))
            let first = try await export(place.appending(path: "archive"), to: output, originals: originals)
            #expect(first.made.count == 1 && first.broken.isEmpty)

            let source = try DataSet(contentsOf: Self.image)
            let uids = [Tag.sopInstanceUID, .seriesInstanceUID, .studyInstanceUID].compactMap { source.string($0) }
            let secrets = uids + ["Muster", try #require(source.string(.patientID))]
            let walk = try #require(FileManager.default.enumerator(atPath: output.path))
            for case let name as String in walk {
                #expect(!secrets.contains { name.contains($0) }, "\(name)")
                let file = output.appending(path: name)
                guard name.hasSuffix(".csv") || name.hasSuffix(".state") else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                for secret in secrets { #expect(!text.contains(secret), "\(secret) in \(name)") }
            }

            let table = try String(contentsOf: originals, encoding: .utf8)
            #expect(table.contains(([first.made[0], "Muster^Max/MusterThorax.dcm"] + uids).joined(separator: ",")))
            let mode = try FileManager.default.attributesOfItem(atPath: originals.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)

            let manifest = try Data(contentsOf: output.appending(path: "manifest.csv"))
            #expect(
                try await export(place.appending(path: "archive"), to: output, originals: originals).made == first.made)
            #expect(try Data(contentsOf: output.appending(path: "manifest.csv")) == manifest)
            #expect(try String(contentsOf: originals, encoding: .utf8) == table)
        }
    }

    @Test("UIDs are replaced by UIDs, alike under one key and unlike under another")
    func uidsAreReplaced() {
        let (one, other) = (Pseudonym(key: [1]), Pseudonym(key: [2]))
        let (a, b) = (UID(known: "1.2.3"), UID(known: "1.2.4"))
        #expect(one.of(a) == one.of(a) && one.of(a) != one.of(b) && one.of(a) != other.of(a))
        #expect(one.of(a).isWellFormed && one.of(a).string.hasPrefix("2.25."))
        #expect(one.of(path: "1.2.3") != one.of(patientID: "1.2.3", issuer: ""))
    }

    @Test("A DICOMDIR is passed over with a word, and said to be one where it is named")
    func directories() async throws {
        try await Workplace.inTemporaryFolder { place in
            let disc = try folder("disc", in: place)
            for name in ["IM0001", "IM0002"] {
                try FileManager.default.copyItem(at: Self.image, to: disc.appending(path: name))
            }
            try FileManager.default.copyItem(
                at: Workplace.corpus.appending(path: "DICOMDIR"), to: disc.appending(path: "DICOMDIR"))
            let result = try await export(disc, to: place.appending(path: "out"))
            #expect(result.made.count == 2 && result.broken.isEmpty)
            #expect(result.remarks.count == 1 && result.remarks[0].contains("is a DICOMDIR, an index of other files"))
            let named = try await export(disc.appending(path: "DICOMDIR"), to: place.appending(path: "other"))
            #expect(named.broken.count == 1 && named.broken[0].contains("is a DICOMDIR"))
            #expect(
                OfflineIndex([disc]).broken.isEmpty
                    && OfflineIndex([disc.appending(path: "DICOMDIR")]).broken.count == 1)
        }
    }

    @Test("Names at the file system's limit are shortened, and stay apart", arguments: ExportOptions.Names.allCases)
    func longNames(_ names: ExportOptions.Names) async throws {
        try await Workplace.inTemporaryFolder { place in
            let archive = try folder("archive", in: place)
            let long = String(repeating: "m", count: 250)
            let wide = String(repeating: "ä", count: 125)
            for name in ["\(long)a", "\(long)b", "\(wide).dcm", "short"] {
                try FileManager.default.copyItem(at: Self.image, to: archive.appending(path: name))
            }
            let result = try await export(archive, to: place.appending(path: "out"), names: names)
            #expect(Set(result.made).count == 4 && result.broken.isEmpty)
            let lines = try String(contentsOf: place.appending(path: "out/manifest.csv"), encoding: .utf8)
            #expect(lines.split(separator: "\n").count == 5)
        }
    }

    @Test("A picture that can't be written is a sentence, and all others are there")
    func oneThatCannotBeWritten() async throws {
        try await Workplace.inTemporaryFolder { place in
            let archive = try folder("archive", in: place)
            for name in ["a", "b", "c"] {
                try FileManager.default.copyItem(at: Self.image, to: archive.appending(path: name))
            }
            // A folder stands where b's picture would.
            let output = try folder("out", in: place)
            _ = try folder("out/b.png/inside", in: place)
            let result = try await export(archive, to: output, names: .source)
            #expect(result.made == ["a.png", "c.png"])
            #expect(result.broken.count == 1 && result.broken[0].contains("b.png can't be written"))
            let lines = try String(contentsOf: output.appending(path: "manifest.csv"), encoding: .utf8)
            #expect(lines.split(separator: "\n").count == 3)
        }
    }

    @Test("What somebody might take for an image is named, and other files are not")
    func bystanders() async throws {
        try await Workplace.inTemporaryFolder { place in
            let archive = try folder("archive", in: place)
            try Data().write(to: archive.appending(path: "empty.dcm"))
            try Data().write(to: archive.appending(path: "0000"))
            try Data("PK\u{3}\u{4}rest".utf8).write(to: archive.appending(path: "more.zip"))
            try Data([0x1F, 0x8B, 8, 0]).write(to: archive.appending(path: "series"))
            try Data("\n <!DOCTYPE html><p>404".utf8).write(to: archive.appending(path: "page.DCM"))
            try Data("something".utf8).write(to: archive.appending(path: "text.ima"))
            try Data("read me".utf8).write(to: archive.appending(path: "README.txt"))
            let result = try await export(archive, to: place.appending(path: "out"))
            let right = [
                "0000 is empty", "empty.dcm is empty", "more.zip is a ZIP archive, which must be unpacked first",
                "page.DCM is a web page in spite of its name",
                "series is a gzip archive, which must be unpacked first", "text.ima is not what its name says",
            ]
            #expect(result.remarks.map { String($0.split(separator: "/").last ?? "") } == right)
            #expect(result.made.isEmpty && result.broken.isEmpty && result.silent == 1)
            let index = OfflineIndex([archive])
            #expect(index.passedOver.count == right.count)
            #expect(index.passedOverReasons["is empty"] == 2)
            #expect(index.passedOverReasons.values.reduce(0, +) == right.count + 1, "the README is counted too")
        }
    }

    #if os(Linux)
        @Test(
            "Folders and files whose names are no UTF-8 are walked",
            arguments: [[0xE9], [0x83, 0x5C, 0x41], [0xC3]] as [[UInt8]])
        func namesThatAreNoUTF8(_ odd: [UInt8]) async throws {
            try await Workplace.inTemporaryFolder { place in
                let archive = try folder("archive", in: place)
                let bytes = Array("\(archive.path)/caf".utf8) + odd
                #expect(mkdir(bytes.map(CChar.init(bitPattern:)) + [0], 0o700) == 0)
                let image = try Data(contentsOf: Self.image)
                for name in [Array("/plain.dcm".utf8), Array("/odd".utf8) + odd] {
                    let file = open((bytes + name).map(CChar.init(bitPattern:)) + [0], O_WRONLY | O_CREAT, 0o600)
                    #expect(image.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == image.count)
                    close(file)
                }
                let digits = odd.filter { $0 >= 0x80 }.map { "%" + String($0, radix: 16, uppercase: true) }.joined()
                #expect(ArchiveWalk([archive]).allSatisfy { $0.relativePath.contains(digits) })
                let result = try await export(archive, to: place.appending(path: "out"), names: .source)
                #expect(result.made.count == 2 && result.broken.isEmpty, "\(result)")
                #expect(OfflineIndex([archive]).studies.map(\.files.count) == [2])
            }
        }
    #endif
}
