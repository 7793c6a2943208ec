import DICOM
import DICOMCore
import Diagnosis
import Imaging

/// One lung in one image with the outline that its group shows.
struct OutlinedLung {
    let region: LungRegion
    let source: SourceImage
    /// Closed: the last position repeats the first.
    let outline: [ContentItem.Position]

    /// Nil when no outline of the region is a polygon, or its image is not among the sources.
    init?(_ region: LungRegion, sources: [SourceImage]) {
        guard sources.indices.contains(region.image),
            let contour = region.contours.filter({ $0.count >= 3 }).max(by: {
                Outlines.area(of: $0) < Outlines.area(of: $1)
            })
        else { return nil }
        let source = sources[region.image]
        let positions = contour.map { point in
            ContentItem.Position(
                x: Float(min(max(point.x, 0), Double(source.columns))),
                y: Float(min(max(point.y, 0), Double(source.rows))))
        }
        guard positions.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return nil }
        self.region = region
        self.source = source
        self.outline = positions + positions.prefix(1)
    }

    /// Per side the region with the largest area among those with an outline; right before left.
    static func largest(of finding: ReportedFinding) -> [OutlinedLung] {
        LungSide.allCases.compactMap { side in
            finding.finding.lungs
                .filter { $0.side == side }
                .sorted { $0.pixelArea > $1.pixelArea }
                .lazy.compactMap { OutlinedLung($0, sources: finding.sources) }
                .first
        }
    }
}

/// A measurement group: TID 1410 Planar ROI with the outline of a lung, or TID 1501 without one.
struct MeasurementGroup {
    let reported: ReportedFinding
    /// Position among the request's findings.
    let index: Int
    let identity: ResultIdentity
    let phrases: Phrases

    private var finding: Finding { reported.finding }

    /// TID 1410. `carriesShared`: this group also holds the numbers that are about both lungs and are said once.
    func planar(_ lung: OutlinedLung, carriesShared: Bool) -> ContentItem {
        let region = ContentItem(
            .contains, Codes.DCM.imageRegion, .polyline(lung.outline),
            [ContentItem(.selectedFrom, Codes.DCM.originalSource, .image(lung.source.reference))])
        let children =
            tracking("lung.\(index).\(lung.region.side.rawValue)", site: phrases.name(of: lung.region.side))
            + [FindingSite.item(lung.region.side.laterality)]
            + AlgorithmIdentification.items(finding, identity)
            + ImageEvaluations.findings(finding)
            + [region]
            + ImageEvaluations.numbers(finding) + [area(lung.region)].compactMap(\.self)
            + (carriesShared ? ImageEvaluations.sharedNumbers(finding) : [])
            + ImageEvaluations.codes(finding)
        return ContentItem(.contains, Codes.DCM.measurementGroup, .container(template: "1410"), children)
    }

    /// TID 1501: no outline, hence no NUM, which viewers would look for an outline of.
    func withoutOutline(_ source: SourceImage) -> ContentItem {
        let children =
            tracking("image.\(index)", site: nil)
            + AlgorithmIdentification.items(finding, identity)
            + ImageEvaluations.findings(finding)
            + [ContentItem(.contains, Codes.DCM.sourceOfMeasurement, .image(source.reference))]
            + ImageEvaluations.codes(finding)
        return ContentItem(.contains, Codes.DCM.measurementGroup, .container(template: "1501"), children)
    }

    /// The identifier says class, confidence and triage, because it is what viewers list.
    private func tracking(_ key: String, site: String?) -> [ContentItem] {
        let confidence = finding.confidence.map { " " + DecimalText.words(percentage: $0) } ?? ""
        let triage =
            finding.triage.map { "\(phrases.picture.triage) \($0.rawValue) \(phrases.name(of: $0))" }
            ?? phrases.notTriaged
        let text = [phrases.name(of: finding.outcome) + confidence, triage, site].compactMap(\.self)
        return [
            ContentItem(
                .hasObservationContext, Codes.DCM.trackingIdentifier, .text(text.joined(separator: ", "))),
            ContentItem(.hasObservationContext, Codes.DCM.trackingUID, .uid(identity.uid("track.\(key)").string)),
        ]
    }

    private func area(_ region: LungRegion) -> ContentItem? {
        if let area = region.area {
            return Measurement.item(
                Codes.SCT.area, DecimalText.string((area * 10).rounded() / 10), unit: Codes.UCUM.squareMillimetre)
        }
        return Measurement.share(Codes.Hilum.lungShare, region.share, site: .group)
    }
}
