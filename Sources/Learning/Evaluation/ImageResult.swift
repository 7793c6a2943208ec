package import Diagnosis

/// What the pipeline said of one labelled image: one line of an evaluation's file.
public struct ImageResult: Codable, Hashable, Sendable {
    public var path: String
    /// The class that it has.
    public var name: String
    public var source: String
    public var group: String
    /// Mean logits over the patches, before the temperature, in the bundle's order of classes; nil where the network did
    /// not run.
    public var logits: [Double]?
    /// Calibrated, in the bundle's order; empty where the network did not run.
    public var probabilities: [Double]
    /// The class's key, or `review`.
    public var outcome: String
    public var reasons: [String]
    public var agreement: Double?
    /// The classes that each profile of the bundle leaves, by the profile's name; where one narrows nothing it is missing.
    public var candidates: [String: [String]]
    /// Features in the bundle's form, by name.
    public var texture: [String: Double]
    /// Features of the masked image, as Table 1 of the paper has them (method §4).
    public var table1: [String: Double]
    /// The classifier's last maps, averaged; kept only where they are asked for.
    public var features: [Float]?

    /// For results that were not measured here.
    public init(
        path: String, name: String, source: String, group: String, logits: [Double]?, probabilities: [Double],
        outcome: String, reasons: [String] = [], agreement: Double? = nil, candidates: [String: [String]] = [:],
        texture: [String: Double] = [:], table1: [String: Double] = [:], features: [Float]? = nil
    ) {
        self.path = path
        self.name = name
        self.source = source
        self.group = group
        self.logits = logits
        self.probabilities = probabilities
        self.outcome = outcome
        self.reasons = reasons
        self.agreement = agreement
        self.candidates = candidates
        self.texture = texture
        self.table1 = table1
        self.features = features
    }

    package init(
        row: LabelledManifest.Row, measured: ImageMeasurement, bundle: ModelBundle, keepsFeatures: Bool = false
    ) {
        let lungs = LungTexture(measured)
        path = row.path
        name = row.name
        source = row.source
        group = row.group
        logits = measured.logits
        probabilities = measured.finding.probabilities.map(\.probability)
        outcome = measured.finding.outcome.key
        reasons = measured.finding.reasons.map(\.rawValue)
        agreement = measured.agreement
        candidates = lungs.candidates(
            bundle.profiles, classes: bundle.classes(for: measured.finding.kind).map(\.rawValue))
        texture = Dictionary(measured.texture.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        table1 = lungs.table1
        features = keepsFeatures ? measured.features : nil
    }
}
