public import Diagnosis

/// One analysed image or series as `hilum analyze --json` prints it (docs/analysis.schema.json). Every key is always
/// there, null where there is no value.
public struct AnalysisLine: Codable, Hashable, Sendable {
    /// The image's file; for a CT series the folder of its first slice.
    public var path: String
    public var kind: ImageKind
    /// DICOM only.
    public var study: String?
    public var series: String?
    public var outcome: Outcome
    /// Calibrated probability of the class; null for *review*.
    public var confidence: Double?
    /// By the bundle's classes for this kind of image.
    public var probabilities: [String: Double]
    /// 1…4; null where it is not triaged: a *review* in which nothing points to disease.
    public var triage: TriageLevel?
    public var activationShare: Double?
    public var agreement: Double?
    /// mL, of CT; null where slices are missing.
    public var lungVolume: Double?
    /// Of CT with known geometry: no slices of the lungs are missing.
    public var lungVolumeComplete: Bool?
    /// Share of the lung volume, of CT.
    public var involvement: Double?
    /// Texture features by name; those without a finite value are left out.
    public var features: [String: Double]
    public var reasons: [ReviewReason]
    /// Of a radiograph; null where nothing is known of it.
    public var quality: ImageQuality?
    /// Of the study's results, from 1.
    public var revision: Int
    public var bundle: BundleIdentity

    public init(path: String, study: String? = nil, series: String? = nil, finding: Finding, revision: Int) {
        self.path = path
        self.study = study
        self.series = series
        kind = finding.kind
        outcome = finding.outcome
        confidence = finding.confidence
        probabilities = Dictionary(finding.probabilities.map { ($0.name.rawValue, $0.probability) }) { first, _ in first
        }
        triage = finding.triage
        activationShare = finding.activationShare
        agreement = finding.agreement
        lungVolume = finding.lungVolume
        lungVolumeComplete = finding.lungVolumeIsComplete
        involvement = finding.involvement
        features = Dictionary(
            (finding.texture?.features ?? []).filter(\.value.isFinite).map { ($0.name, $0.value) }
        ) { first, _ in first }
        reasons = finding.reasons
        quality = finding.quality
        self.revision = revision
        bundle = finding.bundle
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(path, forKey: .path)
        try container.encode(kind, forKey: .kind)
        try container.encode(study, forKey: .study)
        try container.encode(series, forKey: .series)
        try container.encode(outcome, forKey: .outcome)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(probabilities, forKey: .probabilities)
        try container.encode(triage, forKey: .triage)
        try container.encode(activationShare, forKey: .activationShare)
        try container.encode(agreement, forKey: .agreement)
        try container.encode(lungVolume, forKey: .lungVolume)
        try container.encode(lungVolumeComplete, forKey: .lungVolumeComplete)
        try container.encode(involvement, forKey: .involvement)
        try container.encode(features, forKey: .features)
        try container.encode(reasons, forKey: .reasons)
        try container.encode(quality, forKey: .quality)
        try container.encode(revision, forKey: .revision)
        try container.encode(bundle, forKey: .bundle)
    }
}
