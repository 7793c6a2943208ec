public import DICOM
import DICOMCore

/// What Orthanc's Stone Web viewer needs of a measurement report in Comprehensive SR, the one class whose tree it follows
/// (`DicomStructuredReport::ReadTID1500`). It throws away the whole document where a sequence that it looks into is
/// missing, and draws no outline whose image is not named as its source.
public enum StoneRules {
    /// The rules that the document breaks, a clause each; empty when it will be shown. Nothing is asked of other classes.
    public static func broken(by document: StructuredDocument) -> [String] {
        let root = document.root
        guard document.documentClass == .report(.comprehensive), root.name == Codes.DCM.imagingMeasurementReport else {
            return []
        }
        var broken: [String] = []
        if root.template != "1500" { broken.append("the root is not of template 1500") }
        if root.children.contains(where: { $0.isContainer && $0.name == nil }) {
            broken.append("a container below the root has no concept name")
        }
        let groups = root.child(named: Codes.DCM.imagingMeasurements)?.children(named: Codes.DCM.measurementGroup) ?? []
        return broken
            + groups.enumerated().flatMap { index, group in
                rules(of: group).map { "group \(index + 1) \($0)" }
            }
    }

    private static func rules(of group: ContentItem) -> [String] {
        guard let template = group.template else { return ["names no template"] }
        guard template == "1410" else { return [] }
        return group.children(named: Codes.DCM.imageRegion).flatMap(\.children).compactMap { source in
            switch source.name {
            case Codes.DCM.originalSource: nil
            case nil: "has an outline whose image has no concept name"
            default: "has an outline whose image is not its original source (111040, DCM)"
            }
        }
    }
}

extension ContentItem {
    fileprivate var template: String? {
        if case .container(let template) = value { template } else { nil }
    }

    fileprivate var isContainer: Bool {
        if case .container = value { true } else { false }
    }
}
