import DICOM
import DICOMCore
import Diagnosis

/// Whether a report that was read back says what its request says, and will be shown by viewers.
struct ReportCheck {
    let request: ReportRequest
    let kind: ReportClass

    /// A clause for each rule broken.
    func broken(by report: ReadReport) -> [String] {
        var broken: [String] = []
        guard let first = request.findings.first?.finding else { return ["there is no finding"] }
        if report.document.documentClass != .report(kind) { broken.append("the document is of another class") }
        if report.outcome != first.outcome { broken.append("the study's class differs") }
        if report.triage != first.triage { broken.append("the study's triage level differs") }
        if report.conclusion.isEmpty { broken.append("there is no conclusion") }
        if report.predecessors != request.identity.predecessors.map(\.sopInstanceUID) {
            broken.append("the predecessors differ")
        }
        guard kind != .basicText else { return broken }
        return broken + OHIFRules.broken(by: report.document) + StoneRules.broken(by: report.document) + groups(report)
    }

    private func groups(_ report: ReadReport) -> [String] {
        let expected = request.findings.flatMap { reported in
            Array(repeating: reported.finding, count: max(1, OutlinedLung.largest(of: reported).count))
        }
        guard report.groups.count == expected.count else {
            return ["there are \(report.groups.count) groups instead of \(expected.count)"]
        }
        return zip(report.groups, expected).enumerated().flatMap { index, pair in
            differences(pair.0, pair.1).map { "group \(index + 1): \($0)" }
        }
    }

    private func differences(_ group: ReadReport.Group, _ finding: Finding) -> [String] {
        var broken: [String] = []
        if group.outcome != finding.outcome { broken.append("the class differs") }
        if group.triage != finding.triage { broken.append("the triage level differs") }
        if group.reasons != finding.reasons { broken.append("the reasons for review differ") }
        if group.quality != finding.quality?.grade { broken.append("the image's quality differs") }
        guard !group.outline.isEmpty else { return broken }
        if !Self.same(group.confidence, finding.confidence) { broken.append("the confidence differs") }
        if group.outline.first != group.outline.last { broken.append("the outline is not closed") }
        if group.image == nil { broken.append("the outline belongs to no image") }
        return broken
    }

    /// To the two decimals of a percentage that are written.
    private static func same(_ left: Double?, _ right: Double?) -> Bool {
        switch (left, right) {
        case (nil, nil): true
        case (let left?, let right?): abs(left - right) < 1e-4
        default: false
        }
    }
}
