import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Imaging
import Reporting
import Testing

@testable import Studies

/// These run the networks, so they are few.
@Suite("From a study's files to result objects", .enabled(if: Sample.analyzer != nil), .serialized)
struct StudyAnalyzerTests {
    let analyzer: StudyAnalyzer

    init() throws {
        analyzer = try #require(Sample.analyzer)
    }

    private func analyse(_ files: [URL]) throws -> StudyResult {
        try analyzer.analyse(files: files, identity: Sample.identity(analyzer))
    }

    @Test func theSameJobMakesTheSameBytesWhateverTheOrderOfItsFiles() throws {
        try Workplace.withTemporaryFolder { folder in
            let broken = folder.appending(path: "broken.dcm")
            try Data(contentsOf: Sample.radiograph("viral-pneumonia")).prefix(3000).write(to: broken)
            let files = [Sample.radiograph("viral-pneumonia"), broken]
            let first = try analyse(files)
            let second = try analyse(files.reversed())
            #expect(first.state == .reported)
            #expect(first.summary.outcome == second.summary.outcome)
            #expect(first.objects.map(\.kind) == [.structuredReport(.comprehensive3D), .picture])
            #expect(first.objects.map(\.part10) == second.objects.map(\.part10))
            #expect(first.unreadable.map(\.file) == [broken], "a broken file is listed and stops nothing")
            #expect(first.objects.allSatisfy { UID($0.sopInstanceUID.string)?.string.hasPrefix("2.25.") == true })
        }
    }

    @Test func whatComesBackIsNotAnalysed() throws {
        try Workplace.withTemporaryFolder { folder in
            let result = try analyse([Sample.radiograph("normal")])
            let files = try result.objects.map { object in
                let file = folder.appending(path: "\(object.sopInstanceUID).dcm")
                try Data(object.part10).write(to: file)
                return file
            }
            let echo = try analyse(files)
            #expect(echo.notChosen.map(\.reason) == [.madeByHilum, .madeByHilum])
            guard case .notAnalysable = echo.state else {
                Issue.record("Hilum's own objects were analysed")
                return
            }
            #expect(echo.objects.isEmpty)
        }
    }

    @Test func aPictureAndAnObjectOfItGiveTheSameFinding() throws {
        try Workplace.withTemporaryFolder { folder in
            let object = Sample.radiograph("covid19")
            let frame = try DataSet(contentsOf: object).storedFrame(0)
            let plane = GreyPlane(width: frame.columns, height: frame.rows, pixels: frame.bytes)
            let picture = try Sample.write(plane, "picture.png", in: folder)
            let ofPicture = try analyzer.analyse(picture: picture, as: .radiograph).finding.finding
            let ofObject = try #require(try analyse([object]).summary.findings.first)
            #expect(ofPicture.probabilities.count == 4)
            #expect(ofPicture.outcome == ofObject.outcome)
            for (one, other) in zip(ofPicture.probabilities, ofObject.probabilities) {
                #expect(abs(one.probability - other.probability) < 1e-6)
            }
        }
    }

    @Test func aLateralViewAloneIsAnsweredByAReportThatSaysWhy() throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            var options = Sample.options(.dx)
            options.view = "LL"
            let object = folder.appending(path: "ramp.dcm")
            try Data(try Sample.object(picture, options)).write(to: object)
            let result = try analyse([object])
            #expect(
                result.state == .notAnalysable(why: "no image to analyse: not a frontal view (LL) (1)"),
                "\(result.summary.line)")
            let reports = try result.objects.map { try ReportReader.read($0.part10) }
            #expect(reports.count == analyzer.settings.reports.count && result.findings.isEmpty)
            for report in reports {
                #expect(report.outcome == .review && report.triage == nil)
                #expect(report.conclusion.contains("no image of the study could be analysed"))
                let listed = report.document.root.all.compactMap(\.textValue)
                #expect(listed.contains("not a frontal view (LL)"))
            }
        }
    }

    @Test func aStatedOtherBodyPartOfFormEndsInReview() throws {
        try Workplace.withTemporaryFolder { folder in
            let picture = try Sample.write(Sample.ramp, "ramp.png", in: folder)
            var options = Sample.options(.dx)
            options.bodyPart = "ABDOMEN"
            let object = folder.appending(path: "ramp.dcm")
            try Data(try Sample.object(picture, options)).write(to: object)
            let summary = try analyse([object]).summary
            #expect(summary.outcome == .review)
            #expect(summary.reasons.contains(.bodyPart))
        }
    }

    @Test func aCTSeriesEndsInReviewWithItsSlicesInOrder() throws {
        let files = Sample.phantom(slices: 28..<37)
        let result = try analyse(files.reversed())
        let finding = try #require(result.findings.first)
        #expect(finding.finding.kind == .ct)
        #expect(finding.finding.reasons == [.noClassesForModality])
        #expect(finding.finding.lungs.contains { $0.side == .left })
        #expect((finding.finding.lungVolume ?? 0) > 100)
        let heights = try finding.sources.map { source in
            let file = try #require(result.files[source.sopInstanceUID])
            return try #require(try DataSet(contentsOf: file).doubles(Tag(0x0020, 0x0032)).last)
        }
        #expect(heights == heights.sorted() && heights.count == 9)
    }

    @Test func twoStudiesAtOnceAndNoneAreRefused() {
        #expect(throws: StudiesError.severalStudies(2)) {
            try analyse([Sample.radiograph("normal"), Sample.radiograph("turned")])
        }
        #expect(throws: StudiesError.noFiles) { try analyse([]) }
    }

    @Test func theMostUrgentFindingLeads() {
        func reported(
            _ outcome: Outcome, _ triage: TriageLevel?, normal: Double, kind: ImageKind = .radiograph
        ) -> ReportedFinding {
            ReportedFinding(
                finding: Finding(
                    kind: kind, outcome: outcome,
                    probabilities: [
                        ClassProbability(name: kind == .ct ? .nonCovid : .normal, probability: normal),
                        ClassProbability(name: .covid19, probability: 1 - normal),
                    ], abnormalProbability: 1 - normal, triage: triage,
                    bundle: BundleIdentity(name: "b", version: "1", digest: "d")),
                sources: [])
        }
        let findings = [
            reported(.review, nil, normal: 0.2), reported(.classified(.normal), .routine, normal: 0.9),
            reported(.classified(.lungOpacity), .urgent, normal: 0.3),
            reported(.classified(.covid19), .urgent, normal: 0.1),
            reported(.classified(.covid19), .urgent, normal: 0.01, kind: .ct),
        ]
        let sorted = findings.sortedByUrgency().map(\.finding)
        #expect(sorted.map(\.outcome.key) == ["covid19", "covid19", "lung_opacity", "normal", "review"])
        #expect(sorted.first?.kind == .ct, "of a radiograph and a CT series the more abnormal one leads")
    }
}

@Suite("Analysing folders offline", .enabled(if: Sample.analyzer != nil), .serialized)
struct OfflineAnalysisTests {
    private func run(
        _ roots: [URL], output: URL?
    ) async throws -> (records: [OfflineAnalysis.Record], index: OfflineIndex) {
        let analysis = OfflineAnalysis(
            bundle: try ModelBundle.load(from: Sample.bundle),
            options: OfflineAnalysis.Options(
                threads: 2, output: output, date: Date(timeIntervalSince1970: 1_700_000_000),
                deviceUID: Sample.device, softwareVersion: "test"))
        let index = OfflineIndex(roots)
        var records: [OfflineAnalysis.Record] = []
        try await analysis.run(index, names: OutputNames(roots)) { records.append($0) }
        return (records, index)
    }

    @Test func aFolderOfPicturesAndOtherFilesIsAnalysedOnce() async throws {
        try await Workplace.inTemporaryFolder { folder in
            let input = folder.appending(path: "in")
            let output = folder.appending(path: "out")
            try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
            let frame = try DataSet(contentsOf: Sample.radiograph("normal")).storedFrame(0)
            let plane = GreyPlane(width: frame.columns, height: frame.rows, pixels: frame.bytes)
            try ImageFile.writeJPEG(plane, to: input.appending(path: "chest.jpg").path)
            try Data([0xFF, 0xD8, 0xFF, 0xE0, 1, 2, 3]).write(to: input.appending(path: "cut.jpg"))
            try Data("path,class\n".utf8).write(to: input.appending(path: "manifest.csv"))

            let first = try await run([input], output: output)
            #expect(first.index.count == 2 && first.index.broken.isEmpty)
            #expect(first.records.flatMap(\.lines).map(\.probabilities.count) == [4])
            #expect(first.records.flatMap(\.complaints).count == 1)
            #expect(first.records.flatMap(\.files) == ["chest.png"])
            #expect(try ImageFile.read(output.appending(path: "chest.png").path).grey.width >= 512)

            let second = try await run([input], output: output)
            #expect(second.records.map(\.wasDone) == [true, false], "the broken one is tried again")
            #expect(second.records.flatMap(\.lines) == first.records.flatMap(\.lines))

            let outcome = try #require(first.records.flatMap(\.lines).first?.outcome.key)
            let shared = ["1 could not be read or decoded", "passed over: 1 × is neither DICOM nor JPEG nor PNG"]
            #expect(sentences(first) == ["1 images and series analysed: 1 \(outcome)"] + shared)
            #expect(
                sentences(second)
                    == ["1 images and series analysed: 1 \(outcome)", "1 of 2 were done by a former run"] + shared)
        }
    }

    private func sentences(_ run: (records: [OfflineAnalysis.Record], index: OfflineIndex)) -> [String] {
        var tally = AnalysisTally(run.index)
        for record in run.records { tally.count(record) }
        return tally.sentences
    }

    @Test func linesHoldEveryKeyAndFiniteNumbersOnly() throws {
        var finding = Finding(
            kind: .ct, outcome: .review, triage: nil, reasons: [.noClassesForModality],
            bundle: BundleIdentity(name: "b", version: "1", digest: "d"))
        finding.texture = TextureFinding(
            features: [NamedValue(name: "x", value: .nan), NamedValue(name: "y", value: 1)], profile: nil,
            candidates: nil, conflict: false)
        let data = try JSONEncoder().encode(AnalysisLine(path: "p", finding: finding, revision: 2))
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let wanted: Set = [
            "path", "outcome", "probabilities", "triage", "activationShare", "agreement", "features", "reasons",
            "bundle", "kind", "study", "series", "lungVolume", "lungVolumeComplete", "involvement", "confidence",
            "quality", "revision",
        ]
        #expect(wanted == Set(object.keys))
        #expect((object["features"] as? [String: Double]) == ["y": 1])
        #expect(object["outcome"] as? String == "review")
        #expect(object["triage"] is NSNull, "what has no class has no urgency")
    }

    /// Prints each line's first fault, or nothing.
    private static let validate = """
        import json, sys
        from jsonschema import Draft202012Validator
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        for line in open(sys.argv[2]):
            for error in Draft202012Validator(schema).iter_errors(json.loads(line)):
                print(error.json_path, error.message)
        """

    @Test("Lines are what docs/analysis.schema.json says", .enabled(if: Tool.python != nil))
    func linesFollowTheirSchema() throws {
        let bundle = BundleIdentity(name: "b", version: "1", digest: String(repeating: "0a", count: 32))
        let probabilities = [
            ClassProbability(name: .covid19, probability: 0.9), .init(name: .normal, probability: 0.1),
        ]
        var findings = ReviewReason.allCases.map {
            Finding(kind: .radiograph, outcome: .review, triage: nil, reasons: [$0], bundle: bundle)
        }
        findings.append(
            Finding(
                kind: .ct, outcome: .classified(.covid19), probabilities: probabilities, triage: .urgent,
                activationShare: 0.4, agreement: 1, lungVolume: 3210.5, lungVolumeIsComplete: true, involvement: 0.1,
                bundle: bundle))
        func faults(_ lines: [AnalysisLine]) throws -> String {
            try Workplace.withTemporaryFolder { folder in
                let file = folder.appending(path: "lines.jsonl")
                let text = try lines.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) + "\n" }
                try Data(text.joined().utf8).write(to: file)
                let schema = Workplace.root.appending(path: "docs/analysis.schema.json").path
                let output = try #require(Tool.python).run(["-c", Self.validate, schema, file.path])
                try #require(output.status == 0, "\(output.all)")
                return output.standardOutput
            }
        }
        var graded = Finding(kind: .radiograph, outcome: .review, triage: nil, reasons: [.torn], bundle: bundle)
        graded.quality?.greyLevelEntropy = 6.5
        findings.append(graded)
        let lines = findings.map { AnalysisLine(path: "p", study: "1.2", series: "1.3", finding: $0, revision: 1) }
        #expect(try faults(lines) == "")
        var wrong = lines[0]
        wrong.confidence = 2
        #expect(try faults([wrong]).contains("$.confidence"))
    }

    @Test func studiesAreGroupedAcrossFoldersAndBrokenFilesNamed() throws {
        let index = OfflineIndex([Sample.samples, URL(filePath: "/nowhere")])
        #expect(index.studies.count == 10)
        #expect(index.studies.contains { $0.files.count == 60 })
        #expect(index.pictureCount == 0)
        #expect(index.broken.map(\.file.path) == ["/nowhere"])
    }
}
