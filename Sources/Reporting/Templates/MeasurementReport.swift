import DICOM
import Diagnosis

/// TID 1500 Measurement Report, shaped so that today's viewers show it: an image library, and measurement groups each
/// with tracking identifier and UID. The template orders its own rows and may be extended: the conclusion, which it does
/// not have, stands before what is measured, so that whoever reads the tree from its top reads the answer first.
struct MeasurementReport {
    let request: ReportRequest
    let phrases: Phrases

    var root: ContentItem {
        let children =
            LanguageTemplate.items(phrases) + DeviceObserverTemplate.items(request.identity)
            + ProcedureReported.items(request)
            + [
                ContentItem(
                    .contains, Codes.DCM.conclusion, .text(Conclusion(request: request, phrases: phrases).text)),
                ImageLibrary.item(request.analysedImages, others: request.imagesOfOtherParts), measurements,
                evaluations,
            ]
        return ContentItem(.root, Codes.DCM.imagingMeasurementReport, .container(template: "1500"), children)
    }

    private var measurements: ContentItem {
        let groups = request.findings.enumerated().flatMap { index, reported -> [ContentItem] in
            let group = MeasurementGroup(
                reported: reported, index: index, identity: request.identity, phrases: phrases)
            let lungs = OutlinedLung.largest(of: reported)
            guard lungs.isEmpty else {
                return lungs.enumerated().map { group.planar($1, carriesShared: $0 == 0) }
            }
            return reported.representative.map { [group.withoutOutline($0)] } ?? []
        }
        return ContentItem(.contains, Codes.DCM.imagingMeasurements, .container(template: nil), groups)
    }

    /// What the study as a whole is said to be, and what was not looked at.
    private var evaluations: ContentItem {
        let study = request.findings.first.map { ImageEvaluations.findings($0.finding) + priority($0.finding) } ?? []
        return ContentItem(
            .contains, Codes.UMLS.qualitativeEvaluations, .container(template: nil),
            study + ImagesNotAnalysed.items(request, phrases))
    }

    private func priority(_ finding: Finding) -> [ContentItem] {
        [ContentItem(.contains, Codes.SCT.priority, .code(finding.triage.code))]
    }
}

/// Procedure reported (121058): the imaging procedure, not the algorithm.
enum ProcedureReported {
    static func items(_ request: ReportRequest) -> [ContentItem] {
        codes(request).map { ContentItem(.hasConceptModifier, Codes.DCM.procedureReported, .code($0)) }
    }

    /// As the source states it, else by the kinds of image, from the context group that TID 1500 names there (CID 100).
    private static func codes(_ request: ReportRequest) -> [CodedEntry] {
        if let stated = request.header.procedure { return [stated] }
        let kinds = request.findings.map(\.finding.kind)
        return (kinds.contains(.radiograph) ? [Codes.LN.radiography] : [])
            + (kinds.contains(.ct) ? [Codes.LN.ct] : [])
    }
}

extension ReportedFinding {
    /// The image that stands for the finding where nothing was outlined: the middle one.
    var representative: SourceImage? { sources.isEmpty ? nil : sources[sources.count / 2] }

    /// The images that were looked at; all of them where the analysis does not say.
    var analysedImages: [SourceImage] {
        guard let analysis, !analysis.images.isEmpty else { return sources }
        let outlined = finding.lungs.map(\.image)
        let indices = Set(analysis.images.map(\.index) + outlined).sorted()
        return indices.filter(sources.indices.contains).map { sources[$0] }
    }
}

extension ReportRequest {
    /// Every image that was looked at, once, in the order of the findings.
    var analysedImages: [SourceImage] {
        var seen: Set<SourceImage> = []
        return findings.flatMap { finding in
            finding.analysedImages + (finding.representative.map { [$0] } ?? [])
        }.filter { seen.insert($0).inserted }
    }

    /// Images that state another body part, or that do not look like a chest.
    var imagesOfOtherParts: Set<SourceImage> {
        let reasons: Set<ReviewReason> = [.bodyPart, .notAChestRadiograph, .undecodable, .notAnalysable]
        return Set(findings.filter { !reasons.isDisjoint(with: $0.finding.reasons) }.flatMap(\.sources))
    }

    /// Every image that the report names or that was read.
    var allEvidence: [SourceImage] {
        var seen: Set<SourceImage> = []
        return (findings.flatMap(\.sources) + evidence + notChosen.map(\.image)).filter { seen.insert($0).inserted }
    }
}
