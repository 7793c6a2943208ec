import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Testing

@testable import Reporting

/// Reports in the eyes of programs that we did not write.
@Suite struct ReportJudgeTests {
    @Test("dciodvfy finds no error", .enabled(if: Judges.dciodvfy != nil), arguments: Cases.names, ReportClass.allCases)
    func reportsAreValid(name: String, kind: ReportClass) throws {
        let report = try ReportWriter.structuredReport(Cases.request(name), kind: kind)
        #expect(try Judges.errors(report.part10) == [])
    }

    @Test("dcentvfy agrees source, reports and picture", .enabled(if: Judges.dcentvfy != nil))
    func entitiesAgree() throws {
        let request = try Cases.request("several")
        let sources =
            try ["1", "2", "3"].map { try SourceObjects.radiograph(number: $0) }
            + (1...12).map { try SourceObjects.slice(number: $0) }
        let reports = try ReportClass.allCases.map { try ReportWriter.structuredReport(request, kind: $0).part10 }
        let picture = try SummaryPicture.object(request, options: PictureOptions(height: 512, framesPerSeries: 1))
            .part10
        let said = try Judges.withFiles(sources + reports + [picture]) { try #require(Judges.dcentvfy).run($0) }
        #expect(said.status == 0)
        // dicom3tools counts the Accession Number of a multi-frame capture to another entity than everybody's.
        let complaints = said.all.split(separator: "\n").filter {
            !$0.hasPrefix("Warning - Different information entities for attribute - Element=<AccessionNumber>")
        }
        #expect(complaints == [])
    }

    @Test("dsrdump and dsr2html read every class", .enabled(if: Judges.dsrdump != nil), arguments: ReportClass.allCases)
    func dcmtkReads(kind: ReportClass) throws {
        let report = try ReportWriter.structuredReport(Cases.request("review"), kind: kind)
        try Judges.withFiles([report.part10]) { paths in
            let dump = try #require(Judges.dsrdump).run(["+Pl"] + paths)
            #expect(dump.status == 0)
            #expect(dump.standardOutput.contains("no class is probable enough"))
            #expect(dump.standardOutput.contains("TRIAGE_3,99HILUM"))
            let page = paths[0] + ".html"
            let html = try #require(Judges.dsr2html).run(paths + [page])
            #expect(html.status == 0)
            #expect(try String(contentsOfFile: page, encoding: .utf8).contains("not a diagnosis"))
        }
    }

    /// Prints a line per planar ROI group: finding, confidence, triage, tracking identifier.
    private static let highdicom = """
        import sys, highdicom as hd
        report = hd.sr.srread(sys.argv[1])
        print(type(report).__name__, type(report.content).__name__)
        for g in report.content.get_planar_roi_measurement_groups():
            numbers = {m.name.value: m.value for m in g.get_measurements()}
            codes = {e.name.value: e.value.value for e in g.get_qualitative_evaluations()}
            print(g.finding_type.value, numbers.get('111012'), codes.get('260870009'), codes.get('IMAGE_CLASS'),
                  g.finding_sites[0].laterality.value, g.roi.graphic_type.name, sep='|')
        print(len(report.content.get_image_measurement_groups()))
        """

    @Test("highdicom finds class, confidence and triage in the planar groups", .enabled(if: Tool.python != nil))
    func highdicomReads() throws {
        for (kind, type) in [(ReportClass.comprehensive3D, "Comprehensive3DSR"), (.comprehensive, "ComprehensiveSR")] {
            let report = try ReportWriter.structuredReport(Cases.request("covid19"), kind: kind)
            let said = try #require(try Judges.python(Self.highdicom, [report.part10]))
            #expect(said.status == 0, "\(said.standardError)")
            let lines = said.standardOutput.split(separator: "\n")
            #expect(lines.first.map(String.init) == "\(type) MeasurementReport")
            #expect(
                lines.dropFirst().prefix(2).map(String.init) == [
                    "840544004|93.3|TRIAGE_2|CLS_COVID19|24028007|POLYLINE",
                    "840544004|93.3|TRIAGE_2|CLS_COVID19|7771000|POLYLINE",
                ])
        }
    }

    @Test("highdicom takes the group of an image without lungs", .enabled(if: Tool.python != nil))
    func highdicomReadsUnoutlined() throws {
        let report = try ReportWriter.structuredReport(Cases.request("no_lungs"), kind: .comprehensive3D)
        let said = try #require(try Judges.python(Self.highdicom, [report.part10]))
        #expect(said.standardOutput == "Comprehensive3DSR MeasurementReport\n1\n", "\(said.standardError)")
    }

    /// What Orthanc's Stone Web viewer looks into, in its order; a missing sequence or value raises, as it throws there.
    private static let stone = """
        import sys, pydicom
        def named(item, code):
            name = item.ConceptNameCodeSequence
            return len(name) == 1 and name[0].CodingSchemeDesignator == "DCM" and name[0].CodeValue == code
        def template(item, number):
            return len(item.ContentTemplateSequence) == 1 and item.ContentTemplateSequence[0].TemplateIdentifier == number
        for path in sys.argv[1:]:
            d = pydicom.dcmread(path)
            known, outlines = set(), 0
            assert d.Modality == "SR" and named(d, "126000") and template(d, "1500")
            for study in d.CurrentRequestedProcedureEvidenceSequence:
                for series in study.ReferencedSeriesSequence:
                    for instance in series.ReferencedSOPSequence:
                        assert instance.ReferencedSOPInstanceUID not in known
                        known.add(instance.ReferencedSOPInstanceUID)
            for item in d.ContentSequence:
                if (item.RelationshipType, item.ValueType) != ("CONTAINS", "CONTAINER") or not named(item, "126010"): continue
                for group in item.ContentSequence:
                    if (group.RelationshipType, group.ValueType) != ("CONTAINS", "CONTAINER"): continue
                    if not named(group, "125007") or not template(group, "1410"): continue
                    for part in group.ContentSequence:
                        if part.RelationshipType == "CONTAINS" and part.ValueType == "NUM": named(part, "111047")
                        if (part.RelationshipType, part.ValueType) != ("CONTAINS", "SCOORD") or not named(part, "111030"): continue
                        for source in part.ContentSequence:
                            if (source.RelationshipType, source.ValueType) != ("SELECTED FROM", "IMAGE"): continue
                            if not named(source, "111040"): continue
                            assert len(source.ReferencedSOPSequence) == 1
                            assert source.ReferencedSOPSequence[0].ReferencedSOPInstanceUID in known
                            assert part.GraphicType == "POLYLINE" and len(part.GraphicData) % 2 == 0
                            outlines += 1
            print(outlines)
        """

    @Test("Orthanc's Stone viewer would show every report and draw every outline", .enabled(if: Tool.python != nil))
    func stoneShows() throws {
        let requests = try Cases.names.map { try Cases.request($0) }
        let reports = try requests.map { try ReportWriter.structuredReport($0, kind: .comprehensive).part10 }
        let said = try #require(try Judges.python(Self.stone, reports))
        #expect(said.status == 0, "\(said.standardError)")
        let outlines = requests.map { request in
            request.findings.reduce(0) { $0 + OutlinedLung.largest(of: $1).count }
        }
        #expect(said.standardOutput.split(separator: "\n").map { Int($0) } == outlines)
        #expect(outlines.contains { $0 > 1 })
    }

    /// What 3D Slicer's reader of measurement reports (QuantitativeReporting, DICOMTID1500Plugin) asks of highdicom, and the
    /// series that it loads: the first one that the evidence names.
    private static let slicer = """
        import sys, datetime, pydicom, highdicom as hd
        from pydicom.sr.codedict import codes
        classes = {pydicom.uid.EnhancedSRStorage: hd.sr.EnhancedSR, pydicom.uid.ComprehensiveSRStorage: hd.sr.ComprehensiveSR,
                   pydicom.uid.Comprehensive3DSRStorage: hd.sr.Comprehensive3DSR}
        for path in sys.argv[1:]:
            d = pydicom.dcmread(path)
            assert d.Modality == "SR" and d.ContentTemplateSequence[0].TemplateIdentifier == "1500"
            datetime.datetime.strptime(d.SeriesDate + d.SeriesTime, "%Y%m%d%H%M%S")
            report = classes[d.SOPClassUID].from_dataset(d, copy=True)
            groups = report.content.get_planar_roi_measurement_groups(
                reference_type=codes.DCM.ImageRegion, graphic_type=hd.sr.GraphicTypeValues.POLYLINE)
            images = []
            for g in groups:
                assert g.tracking_identifier and g.tracking_uid and g.finding_type.CodeMeaning
                assert g.finding_sites[0].value.CodeMeaning and g.roi.value.shape[1] == 2
                images.append(g.roi.ContentSequence[0].referenced_sop_instance_uid)
            first = d.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0].ReferencedSOPSequence
            assert not images or images[0] in [i.ReferencedSOPInstanceUID for i in first], "the first series is another"
            print(len(groups))
        """

    @Test(
        "3D Slicer would load every report with its images", .enabled(if: Tool.python != nil),
        arguments: [ReportClass.comprehensive3D, .comprehensive, .enhanced])
    func slicerLoads(_ kind: ReportClass) throws {
        let requests = try Cases.names.map { try Cases.request($0) }
        let reports = try requests.map { try ReportWriter.structuredReport($0, kind: kind).part10 }
        let said = try #require(try Judges.python(Self.slicer, reports))
        #expect(said.status == 0, "\(said.standardError)")
        let outlines = requests.map { request in
            request.findings.reduce(0) { $0 + OutlinedLung.largest(of: $1).count }
        }
        #expect(said.standardOutput.split(separator: "\n").map { Int($0) } == outlines)
    }

    private static let strict = """
        import sys, io, pydicom
        from pydicom import config
        config.settings.reading_validation_mode = config.RAISE
        config.settings.writing_validation_mode = config.RAISE
        for path in sys.argv[1:]:
            d = pydicom.dcmread(path)
            d.decode()
            for e in d.iterall(): e.value
            d.save_as(io.BytesIO(), enforce_file_format=True)
            print(d.PatientName.ideographic or d.PatientName.alphabetic)
        """

    @Test("pydicom writes every object under strict validation", .enabled(if: Tool.python != nil))
    func pydicomIsStrict() throws {
        let names = ["several", "latin1, German", "arabic, French", "japanese", "japanese, Spanish", "revision"]
        let objects = try names.map {
            try ReportWriter.structuredReport(Cases.request($0), kind: .comprehensive3D).part10
        }
        let small = PictureOptions(height: 512)
        let picture = try SummaryPicture.object(Cases.request("covid19"), options: small).part10
        let said = try #require(try Judges.python(Self.strict, objects + [picture]))
        #expect(said.status == 0, "\(said.standardError)")
        #expect(
            said.standardOutput.split(separator: "\n").map(String.init) == [
                "Mustermann^Erika^^Dr.", "Müller^Jörg", "قباني^لنزار", "山田^太郎", "山田^太郎", "Mustermann^Erika^^Dr.",
                "Mustermann^Erika^^Dr.",
            ])
    }
}
