import DICOM
import DICOMCore
import Diagnosis

/// Reads Structured Reports back through DCMTK, so that what a writer believed to have written is seen.
public enum ReportReader {
    /// - Parameter lenient: takes values that break their representation's rules, as UIDs of others may.
    /// - Throws: ``ReportingError/document(_:)`` for what is no SR document of the four classes.
    public static func read(_ part10: [UInt8], lenient: Bool = false) throws -> ReadReport {
        let document: StructuredDocument
        let predecessors: [UID]
        do {
            document = try StructuredDocument(part10: part10, lenient: lenient)
            predecessors = try Self.predecessors(DataSet(bytes: part10))
        } catch {
            throw ReportingError.document("\(error)")
        }
        let root = document.root
        let said =
            document.documentClass == .report(.basicText)
            ? root.child(named: Codes.DCM.findings) : root.child(named: Codes.UMLS.qualitativeEvaluations)
        let groups =
            root.child(named: Codes.DCM.imagingMeasurements)?
            .children(named: Codes.DCM.measurementGroup) ?? []
        return ReadReport(
            document: document, outcome: said.flatMap(outcome), triage: said.flatMap(triage),
            groups: groups.map(group), conclusion: conclusion(root), predecessors: predecessors)
    }

    private static func group(_ item: ContentItem) -> ReadReport.Group {
        let region = item.child(named: Codes.DCM.imageRegion)
        var outline: [ContentItem.Position] = []
        if case .polyline(let positions) = region?.value { outline = positions }
        let source = region?.children.first ?? item.child(named: Codes.DCM.sourceOfMeasurement)
        var image: ContentItem.ImageReference?
        if case .image(let reference) = source?.value { image = reference }
        let laterality = item.child(named: Codes.SCT.findingSite)?.child(named: Codes.SCT.laterality)?.codeValue
        return ReadReport.Group(
            trackingIdentifier: item.child(named: Codes.DCM.trackingIdentifier)?.textValue ?? "",
            trackingUID: item.child(named: Codes.DCM.trackingUID)?.textValue ?? "",
            outcome: outcome(item),
            confidence: item.child(named: Codes.DCM.certaintyOfFinding)?.numberValue.map { $0 / 100 },
            probabilities: item.children(named: Codes.DCM.probability).compactMap(probability),
            triage: triage(item), reasons: reasons(item), quality: quality(item),
            side: LungSide.allCases.first { $0.laterality == laterality }, outline: outline, image: image,
            numbers: item.children.compactMap(number))
    }

    private static func outcome(_ item: ContentItem) -> Outcome? {
        guard let code = item.child(named: Codes.Hilum.imageClass)?.codeValue else { return nil }
        return code == Codes.Hilum.review ? .review : FindingClass(ownCode: code).map(Outcome.classified)
    }

    private static func triage(_ item: ContentItem) -> TriageLevel? {
        let code = item.child(named: Codes.SCT.priority)?.codeValue
        return TriageLevel.allCases.first { Optional($0).code == code }
    }

    private static func reasons(_ item: ContentItem) -> [ReviewReason] {
        item.children(named: Codes.Hilum.reviewReason).compactMap { reason in
            ReviewReason.allCases.first { $0.code == reason.codeValue }
        }
    }

    private static func quality(_ item: ContentItem) -> ImageQuality.Grade? {
        let code = item.child(named: Codes.DCM.imageQuality)?.codeValue
        return ImageQuality.Grade.allCases.first { $0.code == code }
    }

    private static func probability(_ item: ContentItem) -> ClassProbability? {
        guard let percent = item.numberValue,
            let name = item.child(named: Codes.DCM.finding)?.codeValue.flatMap(FindingClass.init(ownCode:))
        else { return nil }
        return ClassProbability(name: name, probability: percent / 100)
    }

    private static func number(_ item: ContentItem) -> ReadReport.Number? {
        guard case .number(_, let unit) = item.value, let name = item.name, let value = item.numberValue else {
            return nil
        }
        return ReadReport.Number(name: name, value: value, unit: unit)
    }

    private static func conclusion(_ root: ContentItem) -> String {
        let holder = root.child(named: Codes.DCM.conclusions) ?? root
        return holder.child(named: Codes.DCM.conclusion)?.textValue ?? ""
    }

    private static func predecessors(_ source: DataSet) throws -> [UID] {
        source.sequence(.predecessorDocumentsSequence)
            .flatMap { $0.sequence(.referencedSeriesSequence) }
            .flatMap { $0.sequence(.referencedSOPSequence) }
            .compactMap { $0.uid(.referencedSOPInstanceUID) }
    }
}
