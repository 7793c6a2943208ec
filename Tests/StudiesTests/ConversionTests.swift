import DICOM
import DICOMCore
import Foundation
import HilumTesting
import Imaging
import Reporting
import Testing

@testable import Studies

@Suite("Converting archives")
struct ConversionTests {
    /// A folder with two objects, one of them broken, and a bystander.
    private func archive(in folder: URL) throws -> URL {
        let archive = folder.appending(path: "archive")
        try FileManager.default.createDirectory(
            at: archive.appending(path: "sub"), withIntermediateDirectories: true)
        let bytes = try Data(contentsOf: Sample.radiograph("normal"))
        try bytes.write(to: archive.appending(path: "a.dcm"))
        try bytes.prefix(bytes.count / 2).write(to: archive.appending(path: "b.dcm"))
        try Data(contentsOf: Sample.radiograph("covid19")).write(to: archive.appending(path: "sub/c, d"))
        try Data("path,class\n".utf8).write(to: archive.appending(path: "notes.csv"))
        return archive
    }

    private func export(_ archive: URL, to output: URL) async throws -> (made: [[String]], broken: [String]) {
        try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
        let conversion = try Conversion(
            exporting: ArchiveExport(
                ExportOptions(names: .source), output: output,
                pseudonym: try Pseudonym(keyFile: output.appending(path: "key"))))
        var made: [[String]] = []
        var broken: [String] = []
        try await conversion.run([archive], threads: 2) { outcome in
            switch outcome {
            case .made(let files): made.append(files)
            case .broken(let sentence): broken.append(sentence)
            case .passedOver: break
            }
        }
        return (made, broken)
    }

    @Test func everyObjectBecomesAPictureAndARowAndABrokenOneASentence() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let archive = try archive(in: folder)
            let output = folder.appending(path: "out")
            let result = try await export(archive, to: output)
            #expect(result.made == [["a.png"], ["sub/c, d.png"]])
            #expect(result.broken.count == 1)
            #expect(result.broken[0].contains("b.dcm"))

            let manifest = try String(contentsOf: output.appending(path: "manifest.csv"), encoding: .utf8)
            let lines = manifest.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines[0].hasPrefix("path,class,source,patient,split,orig_width,orig_height,sha256,"))
            #expect(lines[1].hasPrefix("a.png,,,"))
            #expect(lines[1].contains(try Digest.sha256(of: output.appending(path: "a.png"))))
            #expect(lines[2].hasPrefix("\"sub/c, d.png\",,,"))
            #expect(!manifest.contains("SAMPLE-1"), "a patient's id is in the manifest")
        }
    }

    @Test(.enabled(if: Sample.analyzer != nil))
    func summaryPicturesWithTheirNamesAreNotExported() async throws {
        let analyzer = try #require(Sample.analyzer)
        let made = try analyzer.analyse(files: [Sample.radiograph("normal")], identity: Sample.identity(analyzer))
        try await Workplace.inTemporaryFolder { folder in
            let archive = folder.appending(path: "archive")
            try FileManager.default.createDirectory(at: archive, withIntermediateDirectories: true)
            for (number, object) in made.objects.enumerated() {
                try Data(object.part10).write(to: archive.appending(path: "\(number).dcm"))
            }
            let result = try await export(archive, to: folder.appending(path: "out"))
            #expect(made.objects.count == 2 && result.made == [[], []] && result.broken.isEmpty)
        }
    }

    @Test func aSecondRunMakesNothingTwiceAndTheSameManifest() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let archive = try archive(in: folder)
            let output = folder.appending(path: "out")
            _ = try await export(archive, to: output)
            let manifest = try Data(contentsOf: output.appending(path: "manifest.csv"))
            let picture = output.appending(path: "a.png")
            let past = Date(timeIntervalSince1970: 1_000_000_000)
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: picture.path)
            try FileManager.default.removeItem(at: output.appending(path: "sub/c, d.png"))

            let again = try await export(archive, to: output)
            #expect(again.made.count == 2)
            let touched = try FileManager.default.attributesOfItem(atPath: picture.path)[.modificationDate] as? Date
            #expect(touched == past, "what was done is done again")
            #expect(FileManager.default.fileExists(atPath: output.appending(path: "sub/c, d.png").path))
            #expect(try Data(contentsOf: output.appending(path: "manifest.csv")) == manifest)
        }
    }

    @Test func aNamedFileOfAnotherKindIsBroken() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let archive = try archive(in: folder)
            let result = try await export(archive.appending(path: "notes.csv"), to: folder.appending(path: "out"))
            #expect(result.made.isEmpty && result.broken.count == 1)
        }
    }

    @Test func twinsKeepTheirEndings() throws {
        try Workplace.withTemporaryFolder { folder in
            for name in ["a.png", "a.jpg", "b.png", "1.2.840"] {
                try Data().write(to: folder.appending(path: name))
            }
            let names = OutputNames([folder])
            #expect(ArchiveWalk([folder]).map { names.stem($0) } == ["1.2.840", "a.jpg", "a.png", "b"])
        }
    }

    @Test func namedFilesOfDifferentFoldersKeepTheirEndingsToo() throws {
        try Workplace.withTemporaryFolder { folder in
            let files = ["1/a.png", "2/a.jpg", "3/a.png", "3/b.png"].map { folder.appending(path: $0) }
            for file in files {
                try FileManager.default.createDirectory(
                    at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: file)
            }
            let names = OutputNames(files)
            let stems = ArchiveWalk(files).map { names.stem($0) }
            #expect(Set(stems).count == 4 && stems.last == "b", "\(stems)")
        }
    }

    /// What another run wrote under the same name is not what this one made.
    @Test func aFileThatWasWrittenOverIsMadeAgain() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let output = folder.appending(path: "out")
            let archive = try archive(in: folder)
            let first = try await export(archive, to: output)
            let made = output.appending(path: try #require(first.made.first?.first))
            let bytes = try Data(contentsOf: made)
            try Data("another's".utf8).write(to: made)
            _ = try await export(archive, to: output)
            #expect(try Data(contentsOf: made) == bytes)
        }
    }

    @Test func whatARunMadeBelowItsSourcesIsNoSource() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let archive = try archive(in: folder)
            let output = archive.appending(path: "made")
            let pictures = try PictureImport(Sample.options(.cr), softwareVersion: "test")
            for _ in 1...2 {
                let conversion = try Conversion(importing: pictures, output: output)
                try FileManager.default.createDirectory(at: output, withIntermediateDirectories: true)
                _ = try await export(archive, to: output)
                #expect(Conversion.count(.pictures, in: [archive], leavingOut: output) == 0)
                try await conversion.run([archive], threads: 1) { outcome in
                    if case .passedOver = outcome { return }
                    Issue.record("a result was taken for a source")
                }
            }
        }
    }

    @Test func whatMayNotBeReadIsSaid() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let archive = try archive(in: folder)
            try FileManager.default.createSymbolicLink(
                at: archive.appending(path: "gone.dcm"), withDestinationURL: folder.appending(path: "nowhere"))
            let result = try await export(archive, to: folder.appending(path: "out"))
            #expect(result.broken.contains { $0.contains("gone.dcm: doesn't exist or may not be read") })
            #expect(OfflineIndex([archive]).broken.map(\.file.lastPathComponent).contains("gone.dcm"))
        }
    }

    @Test(.timeLimit(.minutes(1))) func pipesAreNotWaitedFor() throws {
        try Workplace.withTemporaryFolder { folder in
            let pipe = folder.appending(path: "pipe")
            #expect(mkfifo(pipe.path, 0o600) == 0)
            #expect(FileKind(of: pipe) == nil)
            #expect(throws: DICOMError.self) { try DataSet(contentsOf: pipe) }
            #expect(OfflineIndex([folder]).broken.isEmpty)
        }
    }

    @Test func anOutputThatIsNoFolderIsSaidInASentence() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data().write(to: file)
            #expect(throws: StudiesError.fileNotWritten(file.path)) { try file.makeOutputFolder() }
            #expect(throws: StudiesError.fileNotWritten(folder.path)) { try StateFile<[String]>(at: folder) }
        }
    }

    /// Earlier exports hang on its key.
    @Test func aKeyFileThatIsThereIsNeverReplaced() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            try Data("short".utf8).write(to: file)
            #expect(throws: StudiesError.self) { try Pseudonym(keyFile: file) }
            #expect(try Data(contentsOf: file) == Data("short".utf8))
        }
    }

    @Test func pseudonymsDependOnKeyAndIssuerAndKeepNothing() throws {
        let one = Pseudonym(key: [1])
        let other = Pseudonym(key: [2])
        #expect(one.of(patientID: "A", issuer: "") == one.of(patientID: "A", issuer: ""))
        #expect(one.of(patientID: "A", issuer: "") != other.of(patientID: "A", issuer: ""))
        #expect(one.of(patientID: "A", issuer: "") != one.of(patientID: "A", issuer: "X"))
        #expect(one.of(patientID: "", issuer: "X") == "")
    }

    @Test func csvFieldsAreQuotedWhereTheyMust() {
        #expect(CSV.line(["a", "b,c", "d\"e", "f\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\ng\",\n")
    }
}

@Suite("Comparing objects by content (design §3.3)")
struct ContentComparisonTests {
    private func object(
        _ syntax: ImportOptions.Syntax, _ change: (inout ImportOptions) -> Void = { _ in }, pixel: UInt8 = 0
    ) throws -> DataSet {
        try Workplace.withTemporaryFolder { folder in
            var plane = Sample.ramp
            plane.pixels[0] = pixel
            let picture = try Sample.write(plane, "ramp.png", in: folder)
            var options = Sample.options(.cr)
            change(&options)
            // The syntax would go into the UIDs: only how it is written may differ.
            let builder = try DataSetBuilder()
            let source = try DataSet(bytes: try Sample.object(picture, options))
            try builder.copy(source.tags.filter { $0 != .pixelData }, from: source)
            try builder.set(.sopInstanceUID, .uid(UID(known: "1.2.3")))
            try builder.set(.studyInstanceUID, .uid(UID(known: "1.2.4")))
            try builder.set(.seriesInstanceUID, .uid(UID(known: "1.2.5")))
            try builder.setPixelData(try source.storedFrame(0).bytes, bitsAllocated: 8)
            guard let compression = syntax.compression else { return try DataSet(bytes: try builder.part10()) }
            try builder.compress(compression)
            return try DataSet(bytes: try builder.part10(transferSyntax: compression.transferSyntax))
        }
    }

    @Test(arguments: ImportOptions.Syntax.allCases)
    func anotherSyntaxIsTheSameObject(syntax: ImportOptions.Syntax) throws {
        #expect(try ContentComparison.difference(object(.explicitLittleEndian), object(syntax)) == nil)
    }

    @Test func anotherPixelOrAttributeIsAnotherObject() throws {
        let plain = try object(.explicitLittleEndian)
        let difference = { try ContentComparison.difference(plain, $0) }
        #expect(try difference(object(.jpegLS, pixel: 1)) == "the decoded pixels differ")
        #expect(try difference(object(.explicitLittleEndian, pixel: 1)) == "the decoded pixels differ")
        #expect(try difference(object(.explicitLittleEndian, { $0.patientID = "P-2" })) == "(0010,0020) differs")
        #expect(try difference(object(.explicitLittleEndian, { $0.view = "" })) != nil)
    }
}
