import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Imaging
import Testing

@testable import Studies

@Suite("Objects made of pictures")
struct PictureImportTests {
    static let kinds = ImportOptions.Kind.allCases
    static let syntaxes = ImportOptions.Syntax.allCases

    @Test(arguments: kinds, syntaxes)
    func pixelsComeBackAsTheyWere(kind: ImportOptions.Kind, syntax: ImportOptions.Syntax) throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            let object = folder.appending(path: "ramp.dcm")
            try Data(try Sample.object(picture, Sample.options(kind, syntax))).write(to: object)
            let export = try ArchiveExport(
                ExportOptions(names: .source), output: folder, pseudonym: Pseudonym(key: [1, 2, 3]))
            let rows = try export.export(object, sourceName: "ramp.dcm", name: "back")
            #expect(rows.map(\.path) == ["back.png"])
            #expect(try ImageFile.readGrey(folder.appending(path: "back.png").path) == Sample.ramp)
        }
    }

    @Test func anObjectOfFewerBitsThanItsPictureSaysSo() throws {
        let fixtures = Workplace.root.appending(path: "Tests/ImagingTests/Fixtures")
        let derivation = { (name: String) in
            let object = try Sample.object(fixtures.appending(path: name), Sample.options(.cr))
            return try DataSet(bytes: object).strings(Tag(0x0008, 0x2111)).first
        }
        #expect(try derivation("grey16.png") == "Made from a PNG picture, its 16-bit samples scaled to 8 bits")
        #expect(try derivation("grey.png") == "Made from a PNG picture")
    }

    @Test(.enabled(if: Tool("dciodvfy") != nil), arguments: kinds, syntaxes)
    func dciodvfyFindsNoError(kind: ImportOptions.Kind, syntax: ImportOptions.Syntax) throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            var bare = ImportOptions(kind: kind, syntax: syntax)
            bare.spacing = PixelSpacing(row: 1, column: 1)
            var lateral = Sample.options(kind, syntax)
            lateral.view = "LL"
            for options in [Sample.options(kind, syntax), bare, lateral] {
                let object = folder.appending(path: "ramp.dcm")
                try Data(try Sample.object(picture, options)).write(to: object)
                let said = try #require(Tool("dciodvfy")).run([object.path]).all
                #expect(!said.contains("Error"), "\(kind) \(syntax): \(said)")
            }
        }
    }

    @Test func colourIsKeptInSecondaryCapturesOnly() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "colour.png")
            let colour = RGBPlane(width: 2, height: 1, bytes: [255, 0, 0, 0, 0, 255])
            try ImageFile.writePNG(colour, to: file.path)
            let capture = try DataSet(bytes: try Sample.object(file, Sample.options(.sc)))
            #expect(try capture.image.samples == 3)
            #expect(try capture.storedFrame(0).bytes == colour.bytes)
            let radiograph = try DataSet(bytes: try Sample.object(file, Sample.options(.cr)))
            #expect(try radiograph.storedFrame(0).bytes == [76, 29])
        }
    }

    @Test func theSameFileAndOptionsGiveTheSameBytes() throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            let options = Sample.options(.dx)
            #expect(try Sample.object(picture, options) == Sample.object(picture, options))
        }
    }

    @Test func aSeedOrAnotherPictureChangesUIDsAndAStudyNameJoinsPictures() throws {
        try Workplace.withTemporaryFolder { folder in
            var other = Sample.ramp
            other.pixels[0] = 9
            let first = try Sample.write(Sample.ramp, "1.png", in: folder)
            let second = try Sample.write(other, "2.png", in: folder)
            var options = Sample.options(.cr)
            let uids = { (file: URL, options: ImportOptions) in
                let dataSet = try DataSet(bytes: try Sample.object(file, options))
                return [dataSet.studyInstanceUID, dataSet.seriesInstanceUID, dataSet.sopInstanceUID]
            }
            let plain = try uids(first, options)
            #expect(try zip(plain, uids(second, options)).allSatisfy { $0 != $1 })
            options.seed = "another"
            #expect(try zip(plain, uids(first, options)).allSatisfy { $0 != $1 })
            options.studyName = "one study"
            let (one, two) = (try uids(first, options), try uids(second, options))
            #expect(one[0] == two[0] && one[1] == two[1] && one[2] != two[2])
        }
    }

    @Test(arguments: ["Grünwälder^Jörg", "Mihon^Hanako=見本^花子=みほん^はなこ", "Misal^Layla=مثال^ليلى"])
    func namesOfEveryScriptAreKept(name: String) throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            var options = Sample.options(.dx)
            options.patientName = name
            let dataSet = try DataSet(bytes: try Sample.object(picture, options))
            #expect(dataSet.string(Tag(0x0010, 0x0010)) == name)
        }
    }

    @Test func theMakerIsNotHilumSoThatTheObjectIsAnalysed() throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            let object = folder.appending(path: "ramp.dcm")
            try Data(try Sample.object(picture, Sample.options(.dx))).write(to: object)
            let header = try StudyReader.header(of: object).get()
            #expect(ImageSelection(of: [header]).radiographs.count == 1)
            #expect(header.stated == StatedFacts(bodyPart: "CHEST", view: "PA", namesSides: true))
            #expect(header.spacing == PixelSpacing(row: 0.5, column: 0.5))
            #expect(header.rowDirection == "L")
        }
    }

    static let misuses: [(String, @Sendable (inout ImportOptions) -> Void)] = [
        ("date", { $0.date = "2026-01-02" }), ("date", { $0.date = "20261302" }), ("time", { $0.time = "25h" }),
        ("sex", { $0.sex = "X" }), ("age", { $0.age = "45" }), ("view", { $0.view = "frontal" }),
        ("patient id", { $0.patientID = "A\\B" }), ("patient name", { $0.patientName = "A=B=C=D" }),
        ("spacing", { $0.spacing = nil }), ("spacing", { $0.spacing = PixelSpacing(row: .nan, column: 1) }),
    ]

    @Test(arguments: misuses.indices)
    func whatNoObjectMayHoldIsRefused(index: Int) {
        let (name, misuse) = Self.misuses[index]
        var options = Sample.options(.dx)
        misuse(&options)
        let error = #expect(throws: StudiesError.self) { try PictureImport(options, softwareVersion: "test") }
        #expect("\(error.map { "\($0)" } ?? "")".hasPrefix(name))
    }
}
