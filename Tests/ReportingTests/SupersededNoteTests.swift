import DICOM
import DICOMCore
import Diagnosis
import HilumTesting
import Testing

@testable import Reporting

@Suite("Notes on results that no longer hold")
struct SupersededNoteTests {
    private static let picture = InstanceReference(
        sopClassUID: SecondaryCapture.singleFrame, sopInstanceUID: UID(known: "2.25.43"),
        seriesInstanceUID: UID(known: "2.25.44"))
    private static let series = [UID(known: "2.25.51"), UID(known: "2.25.52")]

    private func note(
        _ former: InstanceReference, language: String = "en", header: SourceText = SourceText()
    ) throws -> ResultObject {
        let request = try Samples.request(
            [Samples.covid], header: header, language: language, predecessors: [Cases.predecessor],
            superseded: [Cases.predecessor, Self.picture])
        return try SupersededNote.object(request, of: former, replacedIn: Self.series)
    }

    private static let headers = [
        SourceText(), Cases.latin1, Cases.arabic, Cases.japanese, Cases.nameless,
        SourceText(isRequested: true, timezone: "+0200"),
    ]

    @Test("dciodvfy finds no error", .enabled(if: Judges.dciodvfy != nil), arguments: ReportLanguage.all)
    func isValid(language: String) throws {
        for header in Self.headers {
            for former in [Cases.predecessor, Self.picture] {
                #expect(try Judges.errors(note(former, language: language, header: header).part10) == [])
            }
        }
    }

    @Test("dsrdump shows a title that rejects nothing, what took the result's place, and when")
    func dsrdumpReads() throws {
        let dsrdump = try #require(Judges.dsrdump, "dsrdump is missing: Scripts/bootstrap installs it")
        try Judges.withFiles([note(Self.picture).part10, note(Cases.predecessor).part10]) { paths in
            let dump = try paths.map { try dsrdump.run(["+Pl", "+Pc", $0]) }
            #expect(dump.allSatisfy { $0.status == 0 }, "\(dump.map(\.all))")
            for text in dump.map(\.standardOutput) {
                #expect(text.contains("Key Object Selection Document"))
                #expect(text.contains("(SUPERSEDED,99HILUM,\"Superseded result\")"))
                #expect(text.contains("Superseded on 2026-09-21 14:13 UTC by revision 2"))
                #expect(text.contains("2.25.51, 2.25.52"))
            }
            #expect(dump[0].standardOutput.contains("IMAGE") && !dump[0].standardOutput.contains("COMPOSITE"))
            #expect(dump[1].standardOutput.contains("COMPOSITE") && !dump[1].standardOutput.contains("IMAGE:"))
        }
    }

    /// Prints title, description and the objects referred to.
    private static let highdicom = """
        import sys, pydicom, highdicom as hd
        document = hd.ko.KeyObjectSelectionDocument.from_dataset(pydicom.dcmread(sys.argv[1]))
        item = document.content[0] if len(document.content) else document.content
        print(document.Modality, document.ConceptNameCodeSequence[0].CodeValue)
        for study in document.CurrentRequestedProcedureEvidenceSequence:
            for series in study.ReferencedSeriesSequence:
                print(series.SeriesInstanceUID, *[o.ReferencedSOPInstanceUID for o in series.ReferencedSOPSequence])
        print(document.resolve_reference(sys.argv[1] and '2.25.43'))
        """

    @Test("highdicom resolves the reference to the former picture", .enabled(if: Tool.python != nil))
    func highdicomReads() throws {
        let said = try #require(try Judges.python(Self.highdicom, [note(Self.picture).part10]))
        #expect(said.status == 0, "\(said.standardError)")
        let lines = said.standardOutput.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["KO SUPERSEDED", "2.25.44 2.25.43"])
        #expect(lines.last?.contains("2.25.44") == true)
    }

    @Test("Each is an object of its own in a series of its own, and the same note has the same bytes")
    func identity() throws {
        let (one, other) = (try note(Self.picture), try note(Cases.predecessor))
        #expect(one.kind == .supersededNote(of: Self.picture.sopInstanceUID))
        #expect(one.sopInstanceUID != other.sopInstanceUID && one.seriesInstanceUID == other.seriesInstanceUID)
        #expect(try note(Self.picture).part10 == one.part10)
        let data = try DataSet(bytes: one.part10)
        #expect(data.studyInstanceUID == Samples.study)
        #expect(data.string(.manufacturer) == "Hilum", "it is known as ours when it comes back")
        #expect(![Samples.seriesDX, Samples.seriesCT].contains(one.seriesInstanceUID))
    }
}
