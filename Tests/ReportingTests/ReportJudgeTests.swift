import DICOM
import DICOMCore
import Diagnosis
import HilumTesting
import Testing

@testable import Reporting

@Suite struct ReportJudgeTests {
    static let cases: [(String, ReportKind)] = Samples.classes.flatMap { sample in
        ReportKind.allCases.map { (sample.name, $0) }
    }

    private static func finding(_ name: String) throws -> ReportedFinding {
        try #require(Samples.classes.first { $0.name == name }?.finding)
    }

    @Test("dciodvfy finds no error in any class of report", .enabled(if: Judges.dciodvfy != nil), arguments: cases)
    func reportsAreValid(name: String, kind: ReportKind) throws {
        let request = try Samples.request([Self.finding(name)])
        let report = try ReportWriter.structuredReport(request, kind: kind)
        #expect(try Judges.errors(report.part10) == [])
    }
}
