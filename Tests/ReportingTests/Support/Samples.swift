import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Imaging

@testable import Reporting

/// Source objects and requests, made without a clock or chance, so that their reports can be compared.
enum Samples {
    static let study = UID(known: "1.2.826.0.1.3680043.10.999.1")
    static let seriesDX = UID(known: "1.2.826.0.1.3680043.10.999.1.1")
    static let seriesCT = UID(known: "1.2.826.0.1.3680043.10.999.1.2")
    static let dxClass = UID(known: "1.2.840.10008.5.1.4.1.1.1.1")
    static let ctClass = UID(known: "1.2.840.10008.5.1.4.1.1.2")
    static let bundle = BundleIdentity(
        name: "starting", version: "1", digest: String(repeating: "0123456789abcdef", count: 4))

    // MARK: Requests

    static func identity(
        language: String = "en", predecessors: [InstanceReference] = [], superseded: [InstanceReference] = []
    ) -> ResultIdentity {
        ResultIdentity(
            jobKey: "job", date: Date(timeIntervalSince1970: 1_790_000_000),
            deviceUID: UID(known: "2.25.987654321"), softwareVersion: "0.1.0",
            revision: predecessors.isEmpty ? 1 : 2, predecessors: predecessors, superseded: superseded,
            language: language,
            uid: { key in
                // FNV-1a, twice: any function of the key alone will do.
                func hash(_ seed: UInt64) -> UInt64 {
                    key.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
                }
                return UID(uuid: hash(0xCBF2_9CE4_8422_2325), hash(0x8422_2325_CBF2_9CE4))
            })
    }

    static func request(
        _ findings: [ReportedFinding], header: SourceText = SourceText(), language: String = "en",
        notChosen: [ImageNotChosen] = [], predecessors: [InstanceReference] = [],
        superseded: [InstanceReference] = []
    ) throws -> ReportRequest {
        ReportRequest(
            findings: findings, notChosen: notChosen,
            identity: identity(language: language, predecessors: predecessors, superseded: superseded),
            header: try StudyHeader(DataSet(bytes: try SourceObjects.radiograph(header))))
    }

    // MARK: Findings

    static func radiograph(
        _ outcome: Outcome, probabilities: [Double] = [], triage: TriageLevel?, reasons: [ReviewReason] = [],
        lungs: Bool = true, instance: String = "1", display: GreyPlane? = nil, analysis: Bool = true
    ) -> ReportedFinding {
        let names: [FindingClass] = [.normal, .lungOpacity, .viralPneumonia, .covid19]
        let regions = lungs ? self.lungs(image: 0, width: 1200, height: 1400, spacing: 0.25) : []
        let finding = Finding(
            kind: .radiograph, outcome: outcome,
            probabilities: zip(names, probabilities).map { ClassProbability(name: $0, probability: $1) },
            triage: triage, reasons: reasons, lungs: regions,
            activationShare: probabilities.isEmpty ? nil : 0.4132, agreement: probabilities.isEmpty ? nil : 0.875,
            texture: lungs ? texture : nil, bundle: bundle)
        let source = SourceImage(
            sopClassUID: dxClass, sopInstanceUID: SourceObjects.instance(seriesDX, instance),
            seriesInstanceUID: seriesDX,
            modality: "DX", rows: 1400, columns: 1200, spacing: PixelSpacing(row: 0.25, column: 0.25),
            rowDirection: "L")
        let plane = display ?? Phantom.chest
        let made = Analysis(
            finding: finding,
            images: [
                AnalysedImage(
                    index: 0, labels: nil, activation: probabilities.isEmpty ? nil : Phantom.marked)
            ], stages: [])
        return ReportedFinding(
            finding: finding, sources: [source], analysis: analysis ? made : nil, displays: [0: plane])
    }

    static let covid = radiograph(
        .classified(.covid19), probabilities: [0.012, 0.031, 0.024, 0.933], triage: .urgent)

    static let classes: [(name: String, finding: ReportedFinding)] = [
        ("normal", radiograph(.classified(.normal), probabilities: [0.913, 0.04, 0.03, 0.017], triage: .routine)),
        (
            "lung_opacity",
            radiograph(
                .classified(.lungOpacity), probabilities: [0.05, 0.86, 0.05, 0.04], triage: .immediate)
        ),
        (
            "viral_pneumonia",
            radiograph(
                .classified(.viralPneumonia), probabilities: [0.05, 0.1, 0.76, 0.09], triage: .urgent)
        ),
        ("covid19", covid),
        (
            "review",
            radiograph(
                .review, probabilities: [0.4, 0.31, 0.19, 0.1], triage: .expedited,
                reasons: [.lowProbability, .lowAgreement, .outOfDistribution])
        ),
        ("turned", radiograph(.review, triage: nil, reasons: [.turned], lungs: false)),
        ("no_lungs", radiograph(.review, triage: .expedited, reasons: [.lungsNotFound], lungs: false)),
    ]

    /// A series of 12 slices, 5 of them analysed.
    static func ct(_ outcome: Outcome = .review, reasons: [ReviewReason] = [.noClassesForModality]) -> ReportedFinding {
        let analysed = [2, 4, 6, 8, 10]
        let regions = analysed.flatMap {
            lungs(image: $0, width: 256, height: 256, spacing: 1.4, grown: 20 - abs($0 - 6))
        }
        var finding = Finding(
            kind: .ct, outcome: outcome, triage: nil, reasons: reasons, lungs: regions, texture: texture,
            lungVolume: 4321.4, bundle: bundle)
        if outcome == .classified(.covid19) {
            finding.probabilities = [
                ClassProbability(name: .nonCovid, probability: 0.08),
                ClassProbability(name: .covid19, probability: 0.92),
            ]
            (finding.triage, finding.agreement) = (.urgent, 0.6)
            (finding.activationShare, finding.involvement) = (0.31, 0.234)
        }
        let sources = (0..<12).map {
            SourceImage(
                sopClassUID: ctClass, sopInstanceUID: SourceObjects.instance(seriesCT, "\($0 + 1)"),
                seriesInstanceUID: seriesCT, modality: "CT", rows: 256, columns: 256,
                spacing: PixelSpacing(row: 1.4, column: 1.4))
        }
        let images = analysed.map { AnalysedImage(index: $0, labels: nil, activation: nil) }
        let displays = analysed.map { ($0, Phantom.slice) }
        return ReportedFinding(
            finding: finding, sources: sources, analysis: Analysis(finding: finding, images: images, stages: []),
            displays: Dictionary(uniqueKeysWithValues: displays))
    }

    static let texture = TextureFinding(
        features: [
            NamedValue(name: "haralick.angularSecondMoment", value: 0.0123456789012),
            NamedValue(name: "haralick.contrast", value: 1.25), NamedValue(name: "haralick.entropy", value: 4.5),
            NamedValue(name: "paper.SV", value: 123.456), NamedValue(name: "matlab.homogeneity", value: 0.75),
            NamedValue(name: "haralick.contrast.range", value: 0.05), NamedValue(name: "unheard.of", value: -1e-7),
        ], profile: "paper", candidates: [.normal, .covid19, .lungOpacity], conflict: false)

    /// Two ellipses, the patient's right at the left.
    static func lungs(image: Int, width: Double, height: Double, spacing: Double, grown: Int = 20) -> [LungRegion] {
        [(LungSide.right, 0.3), (.left, 0.7)].map { side, middle in
            let a = width * 0.14 * Double(grown) / 20
            let b = height * 0.3 * Double(grown) / 20
            let contour = (0..<60).map { step -> Point in
                let angle = Double(step) / 60 * 2 * .pi
                return Point(x: width * middle + a * cos(angle), y: height * 0.47 + b * sin(angle))
            }
            let area = Double.pi * a * b
            return LungRegion(
                side: side, image: image, contours: [contour], pixelArea: area, share: area / (width * height),
                area: area * spacing * spacing)
        }
    }
}
