import DICOM
import DICOMCore
import Testing

@testable import Reporting

@Suite struct StoneRulesTests {
    private func document(
        _ documentClass: ReportClass = .comprehensive, _ change: (inout ContentItem) -> Void = { _ in }
    ) throws -> StructuredDocument {
        var root = MeasurementReport(request: try Cases.request("covid19"), phrases: .of("en")).root
        change(&root)
        return StructuredDocument(.report(documentClass), root: root)
    }

    /// Changes every item of the tree.
    private func changed(_ item: ContentItem, _ change: (inout ContentItem) -> Void) -> ContentItem {
        var item = item
        change(&item)
        item.children = item.children.map { changed($0, change) }
        return item
    }

    @Test func ourReportsBreakNone() throws {
        #expect(StoneRules.broken(by: try document()) == [])
    }

    @Test(
        "An outline's image without the name that Stone looks for is noticed",
        arguments: [nil, Codes.DCM.sourceOfMeasurement])
    func unnamedSources(name: CodedEntry?) throws {
        let broken = StoneRules.broken(
            by: try document { root in
                root = changed(root) { if $0.name == Codes.DCM.originalSource { $0.name = name } }
            })
        let clause = name == nil ? "no concept name" : "not its original source"
        #expect(broken.count == 2 && broken.allSatisfy { $0.contains(clause) })
    }

    @Test func missingTemplatesAreNoticed() throws {
        let document = try document { root in
            root = changed(root) { if case .container = $0.value { $0.value = .container(template: nil) } }
        }
        #expect(
            StoneRules.broken(by: document) == [
                "the root is not of template 1500", "group 1 names no template", "group 2 names no template",
            ])
    }

    @Test func otherClassesAreShownAsTextWhateverTheyHold() throws {
        let document = try document(.comprehensive3D) { root in
            root = changed(root) { if $0.name == Codes.DCM.originalSource { $0.name = nil } }
        }
        #expect(StoneRules.broken(by: document) == [])
    }
}
