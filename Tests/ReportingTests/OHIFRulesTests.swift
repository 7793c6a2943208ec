import DICOM
import DICOMCore
import Diagnosis
import Testing

@testable import Reporting

@Suite struct OHIFRulesTests {
    private func document(_ change: (inout ContentItem) -> Void) throws -> StructuredDocument {
        var root = MeasurementReport(request: try Cases.request("covid19"), phrases: .of("en")).root
        change(&root)
        return StructuredDocument(.report(.comprehensive3D), root: root)
    }

    private func remove(_ name: CodedEntry, from item: inout ContentItem) {
        item.children.removeAll { $0.name == name }
        for index in item.children.indices { remove(name, from: &item.children[index]) }
    }

    @Test func ourReportsBreakNone() throws {
        #expect(OHIFRules.broken(by: try document { _ in }) == [])
    }

    @Test(
        "Each rule is noticed when broken",
        arguments: [
            (Codes.DCM.imageLibrary, "image library"), (Codes.DCM.imageLibraryGroup, "no group with an image"),
            (Codes.DCM.imagingMeasurements, "imaging measurements"), (Codes.DCM.measurementGroup, "no group (125007"),
            (Codes.DCM.trackingIdentifier, "tracking identifier"), (Codes.DCM.trackingUID, "tracking UID"),
            (Codes.DCM.imageRegion, "a NUM and no SCOORD"),
        ])
    func brokenRulesAreNamed(missing: CodedEntry, clause: String) throws {
        let broken = OHIFRules.broken(by: try document { remove(missing, from: &$0) })
        #expect(broken.contains { $0.contains(clause) })
    }

    @Test func anItemWithoutANameIsNoticed() throws {
        let broken = OHIFRules.broken(
            by: try document { root in
                let holder = root.children.firstIndex { $0.name == Codes.DCM.imagingMeasurements } ?? 0
                root.children[holder].children[0].children[0].name = nil
            })
        #expect(broken.contains { $0.contains("has no concept name") })
    }

    @Test func anotherRootIsRefused() throws {
        let broken = OHIFRules.broken(by: try document { $0.name = Codes.LN.diagnosticImagingReport })
        #expect(broken == ["the root is not (126000, DCM)"])
    }

    @Test func numbersMayShareTheTrackingUIDOfAnOutline() throws {
        let document = try document { root in
            guard let holder = root.children.firstIndex(where: { $0.name == Codes.DCM.imagingMeasurements }) else {
                return
            }
            let groups = root.children[holder].children
            let uid = groups[0].children(named: Codes.DCM.trackingUID)
            var bare = groups[1]
            bare.children.removeAll { $0.name == Codes.DCM.imageRegion || $0.name == Codes.DCM.trackingUID }
            bare.children += uid
            root.children[holder].children = [groups[0], bare]
        }
        #expect(OHIFRules.broken(by: document) == [])
    }

    @Test func aReportThatSaysSomethingElseIsNotLetOut() throws {
        let request = try Cases.request("covid19")
        let report = try ReportReader.read(ReportWriter.structuredReport(request, kind: .comprehensive3D).part10)
        let other = ReportCheck(request: try Cases.request("review"), kind: .comprehensive3D)
        let broken = other.broken(by: report)
        #expect(broken.contains("the study's class differs"))
        #expect(broken.contains("group 1: the reasons for review differ"))
        #expect(
            ReportCheck(request: request, kind: .comprehensive).broken(by: report) == [
                "the document is of another class"
            ])
    }

    @Test(arguments: [0, 100, 4000]) func truncatedReportsAreRefused(kept: Int) throws {
        let report = try ReportWriter.structuredReport(Cases.request("covid19"), kind: .comprehensive3D)
        #expect(throws: ReportingError.self) { try ReportReader.read(Array(report.part10.prefix(kept))) }
    }

    @Test func anImageIsNoReport() throws {
        #expect(throws: ReportingError.self) { try ReportReader.read(SourceObjects.radiograph()) }
    }
}
