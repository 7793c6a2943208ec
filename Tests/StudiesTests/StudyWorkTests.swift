import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Reporting
import Testing

@testable import Studies

/// What becomes of a study's results when one of them fails. No network runs.
@Suite("A study's results where one can't be written")
struct StudyWorkTests {
    private static let file = Sample.radiograph("normal")
    private static let bundle = BundleIdentity(name: "b", version: "1", digest: "d")
    private static let former = [2, 3].map {
        InstanceReference(
            sopClassUID: SOPClass.comprehensive3DSRStorage.uid, sopInstanceUID: UID("2.25.\($0)")!,
            seriesInstanceUID: UID(known: "2.25.4"))
    }

    /// - Parameter change: what happens once the headers are read.
    private func result(
        isAnalysed: Bool, of file: URL = file, after change: () throws -> Void = {}
    ) throws -> StudyResult {
        let headers = StudyReader.headers(of: [file]).headers
        try change()
        var work = StudyWork(
            headers: headers, selection: ImageSelection(of: headers), unreadable: [], missing: [], stages: Stages())
        if isAnalysed {
            let finding = Finding(
                kind: .radiograph, outcome: .review, triage: nil, reasons: [.notAnalysable], bundle: Self.bundle)
            try work.add(headers) { _ in
                (ReportedFinding(finding: finding, sources: headers.map { SourceImage($0) }), [])
            }
        }
        work.writeNote = { request, former, series in
            if former == Self.former[0] { throw ReportingError.invalidReport(["it reads as something else"]) }
            return try SupersededNote.object(request, of: former, replacedIn: series)
        }
        let identity = JobIdentity(
            key: JobKey(study: UID(known: "1.2.3"), objectDigests: ["00"], bundleDigest: "d", settingsDigest: "s"),
            date: Date(timeIntervalSince1970: 1_700_000_000), deviceUID: Sample.device, softwareVersion: "test",
            revision: 2, superseded: Self.former)
        return try work.result(
            settings: AnalysisSettings(reports: [.enhanced], picture: false), identity: identity, bundle: Self.bundle)
    }

    @Test("The note is left out and said to be, the report and the other notes are not", arguments: [true, false])
    func theReportStays(isAnalysed: Bool) throws {
        let result = try result(isAnalysed: isAnalysed)
        #expect((result.state == .reported) == isAnalysed)
        let note = ResultObject.Kind.supersededNote(of: Self.former[1].sopInstanceUID)
        #expect(result.objects.map(\.kind) == [.structuredReport(.enhanced), note])
        #expect(result.remarks.count == 1)
        #expect(result.remarks.first?.contains("2.25.2 is superseded") == true)
    }

    @Test("A study without a finding whose report can't be written has none, and says why")
    func noReport() throws {
        try Workplace.withTemporaryFolder { folder in
            let file = folder.appending(path: "a.dcm")
            try FileManager.default.copyItem(at: Self.file, to: file)
            let result = try result(isAnalysed: false, of: file) { try FileManager.default.removeItem(at: file) }
            #expect(result.state != .reported && result.objects.isEmpty)
            #expect(result.remarks.count == 1)
            #expect(result.remarks.first?.contains("left out the report that says so") == true)
        }
    }
}
