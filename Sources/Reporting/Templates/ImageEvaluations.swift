import DICOM
import Diagnosis

/// What is said of an image or a series as a whole, in each of its groups.
enum ImageEvaluations {
    /// The class as Finding, and its code in our own scheme, which tells every class and *review* apart.
    static func findings(_ finding: Finding) -> [ContentItem] {
        [
            ContentItem(.contains, Codes.DCM.finding, .code(finding.outcome.findingCode)),
            ContentItem(.contains, Codes.Hilum.imageClass, .code(finding.outcome.ownCode)),
        ]
    }

    /// Confidence, probabilities, triage level, agreement and activation share.
    static func numbers(_ finding: Finding) -> [ContentItem] {
        let level = finding.triage.flatMap {
            Measurement.item(Codes.Hilum.triageLevel, "\($0.rawValue)", unit: Codes.UCUM.noUnits, site: .bothLungs)
        }
        let first = [Measurement.share(Codes.DCM.certaintyOfFinding, finding.confidence)]
        let rest = [
            level, Measurement.share(Codes.Hilum.activationShare, finding.activationShare),
            Measurement.share(Codes.Hilum.agreement, finding.agreement),
        ]
        return (first + finding.probabilities.map(Measurement.probability) + rest).compactMap(\.self)
    }

    /// Lung volume, involvement and texture: about both lungs, and long, so they are said once per image. Texture's ranges
    /// over the directions are for machines, which find them in JSON.
    static func sharedNumbers(_ finding: Finding) -> [ContentItem] {
        let volume = finding.lungVolume.flatMap { millilitres in
            Measurement.item(
                Codes.SCT.volume, DecimalText.string((millilitres * 10).rounded() / 10), unit: Codes.UCUM.millilitre,
                site: .bothLungs)
        }
        return [volume, Measurement.share(Codes.Hilum.involvement, finding.involvement)].compactMap(\.self)
            + (finding.texture?.features ?? []).compactMap(Measurement.meanTexture)
    }

    /// Everything coded: triage, reasons, texture's say, quality, run status.
    static func codes(_ finding: Finding) -> [ContentItem] {
        var items = [ContentItem(.contains, Codes.SCT.priority, .code(finding.triage.code))]
        items += finding.reasons.map { ContentItem(.contains, Codes.Hilum.reviewReason, .code($0.code)) }
        if let texture = finding.texture { items += self.texture(texture) }
        if let grade = finding.quality?.grade {
            items.append(ContentItem(.contains, Codes.DCM.imageQuality, .code(grade.code)))
        }
        items.append(ContentItem(.contains, Codes.DCM.summaryOfAnalyses, .code(runStatus(finding))))
        return items
    }

    private static func texture(_ texture: TextureFinding) -> [ContentItem] {
        let conflict = texture.conflict ? Codes.SCT.yes : Codes.SCT.no
        return [ContentItem(.contains, Codes.Hilum.textureConflict, .code(conflict))]
            + (texture.profile.map { [ContentItem(.contains, Codes.Hilum.textureProfile, .text($0))] } ?? [])
            + (texture.candidates ?? []).map { ContentItem(.contains, Codes.Hilum.textureClass, .code($0.ownCode)) }
    }

    /// CID 6042 Status of Results, for the run as a whole.
    private static func runStatus(_ finding: Finding) -> CodedEntry {
        if finding.reasons.contains(.undecodable) { return Codes.DCM.failed }
        if finding.reasons.contains(.notAnalysable) { return Codes.DCM.notAttempted }
        if !finding.probabilities.isEmpty { return Codes.DCM.succeeded }
        let stated: Set<ReviewReason> = [.bodyPart, .view, .age]
        let ran = !finding.lungs.isEmpty || finding.texture != nil || !stated.isSuperset(of: finding.reasons)
        return ran ? Codes.DCM.partiallySucceeded : Codes.DCM.notAttempted
    }
}
