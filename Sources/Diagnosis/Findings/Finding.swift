public import Imaging

/// What kind of image a finding is about; it decides which of the bundle's classes apply (method §8).
public enum ImageKind: String, Codable, Hashable, Sendable {
    /// A projection radiograph of the chest (CR, DX or a picture of one).
    case radiograph
    /// A series of axial CT slices, or one slice.
    case ct
}

/// One of the bundle's classes. The raw value is its key in bundles, manifests and JSON.
public struct FindingClass: RawRepresentable, Hashable, Codable, Sendable {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    public static let normal = FindingClass(rawValue: "normal")
    public static let lungOpacity = FindingClass(rawValue: "lung_opacity")
    public static let viralPneumonia = FindingClass(rawValue: "viral_pneumonia")
    public static let covid19 = FindingClass(rawValue: "covid19")
    public static let nonCovid = FindingClass(rawValue: "non_covid")
}

/// How soon somebody should look (method §7).
public enum TriageLevel: Int, Codable, Comparable, CaseIterable, Sendable {
    case immediate = 1
    case urgent = 2
    case expedited = 3
    case routine = 4

    public static func < (left: TriageLevel, right: TriageLevel) -> Bool { left.rawValue < right.rawValue }
}

/// Why a finding is *review* instead of a class (method §7). The raw value is the code in JSON and in reports.
public enum ReviewReason: String, Codable, CaseIterable, Hashable, Sendable {
    case bodyPart = "body_part"
    case view = "view"
    case age = "age"
    case notAChestRadiograph = "not_a_chest_radiograph"
    /// Part of it is noise, as a damaged stream leaves it.
    case torn = "torn"
    case inverted = "inverted"
    case turned = "turned"
    case mirrored = "mirrored"
    /// The header says which side is which, and the image looks the other way round.
    case sidesContradicted = "sides_contradicted"
    case lungsNotFound = "lungs_not_found"
    case lungsImplausible = "lungs_implausible"
    case lowProbability = "low_probability"
    case lowAgreement = "low_agreement"
    case textureConflict = "texture_conflict"
    case outOfDistribution = "out_of_distribution"
    case noClassesForModality = "no_classes_for_modality"
    case undecodable = "undecodable"
    /// Of a study, when none of its images could be.
    case notAnalysable = "not_analysable"
}

/// A class, or *review*.
public enum Outcome: Hashable, Sendable {
    case classified(FindingClass)
    case review

    /// The class's key, or `review`.
    public var key: String {
        switch self {
        case .classified(let name): name.rawValue
        case .review: "review"
        }
    }
}

extension Outcome: Codable {
    public init(from decoder: any Decoder) throws {
        let key = try decoder.singleValueContainer().decode(String.self)
        self = key == "review" ? .review : .classified(FindingClass(rawValue: key))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(key)
    }
}

/// The calibrated probability of one class.
public struct ClassProbability: Codable, Hashable, Sendable {
    public var name: FindingClass
    /// 0…1.
    public var probability: Double

    public init(name: FindingClass, probability: Double) {
        self.name = name
        self.probability = probability
    }
}

/// The patient's side.
public enum LungSide: String, Codable, CaseIterable, Sendable {
    case right, left
}

/// One lung in one image, as the network draws it on radiographs or the threshold finds it on CT (method §3, 8).
public struct LungRegion: Codable, Hashable, Sendable {
    public var side: LungSide
    /// Which of the images that the finding was made from: 0 for a radiograph, the slice's index for CT.
    public var image: Int
    /// Outlines in the image's original matrix.
    public var contours: [Contour]
    /// Pixels of the original matrix.
    public var pixelArea: Double
    /// Share of the image's area, 0…1.
    public var share: Double
    /// mm², when the pixel spacing is known.
    public var area: Double?

    public init(side: LungSide, image: Int, contours: [Contour], pixelArea: Double, share: Double, area: Double?) {
        self.side = side
        self.image = image
        self.contours = contours
        self.pixelArea = pixelArea
        self.share = share
        self.area = area
    }
}

/// A named number, in the order in which reports list it: `haralick.contrast`, `paper.SV`, … (method §4).
public struct NamedValue: Codable, Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}

/// What texture said, beside the network.
public struct TextureFinding: Codable, Hashable, Sendable {
    /// Mean over the directions, and `….range` where the bundle asks for it.
    public var features: [NamedValue]
    /// The profile used, as the bundle names it; nil when the bundle narrows nothing.
    public var profile: String?
    /// The classes whose domain holds the features; nil when nothing was narrowed.
    public var candidates: [FindingClass]?
    /// The network's class is not a candidate.
    public var conflict: Bool

    public init(features: [NamedValue], profile: String?, candidates: [FindingClass]?, conflict: Bool) {
        self.features = features
        self.profile = profile
        self.candidates = candidates
        self.conflict = conflict
    }
}

/// Which bundle made a finding.
public struct BundleIdentity: Codable, Hashable, Sendable {
    public var name: String
    public var version: String
    /// SHA-256 over all files of the bundle, lower-case hexadecimal.
    public var digest: String

    public init(name: String, version: String, digest: String) {
        self.name = name
        self.version = version
        self.digest = digest
    }
}

/// The answer for one radiograph or one CT series (method §7).
public struct Finding: Codable, Hashable, Sendable {
    public var kind: ImageKind
    public var outcome: Outcome
    /// In the bundle's order of classes; empty where the network did not run.
    public var probabilities: [ClassProbability]
    /// Of all classes but the bundle's normal one together; nil where the network did not run.
    public var abnormalProbability: Double?
    /// Nil: not triaged, since without a class and without a sign of disease nothing is known of its urgency.
    public var triage: TriageLevel?
    /// Why the outcome is *review*, most important first; empty for a class.
    public var reasons: [ReviewReason]
    public var lungs: [LungRegion]
    /// Share of lung pixels that the class activation map marks, 0…1. Not an extent of disease.
    public var activationShare: Double?
    /// Share of patches (or CT slices) that vote for the top class, 0…1.
    public var agreement: Double?
    public var texture: TextureFinding?
    /// mL, for CT with known geometry; nil where slices are missing.
    public var lungVolume: Double?
    /// For CT with known geometry: no slices of the lungs are missing.
    public var lungVolumeIsComplete: Bool?
    /// Share of the lung's volume in a CT series that holds too little air, by its Hounsfield units, 0…1.
    public var involvement: Double?
    /// Of a radiograph, and of what can't be decoded; nil where nothing is known of it.
    public var quality: ImageQuality?
    public var bundle: BundleIdentity
    /// How often the bundle was right on its test images; nil for *review*, and where the bundle does not say.
    public var record: ClassRecord?
    /// What the classes depend on beside the bundle: `classified in bf16`, `64 random patches, seed 7`. Empty where the
    /// network did not run.
    public var parameters: [String]

    public init(
        kind: ImageKind, outcome: Outcome, probabilities: [ClassProbability] = [],
        abnormalProbability: Double? = nil, triage: TriageLevel?,
        reasons: [ReviewReason] = [], lungs: [LungRegion] = [], activationShare: Double? = nil,
        agreement: Double? = nil, texture: TextureFinding? = nil, lungVolume: Double? = nil,
        lungVolumeIsComplete: Bool? = nil, involvement: Double? = nil, quality: ImageQuality? = nil,
        bundle: BundleIdentity,
        record: ClassRecord? = nil, parameters: [String] = []
    ) {
        self.kind = kind
        self.outcome = outcome
        self.probabilities = probabilities
        self.abnormalProbability = abnormalProbability
        self.triage = triage
        self.reasons = reasons
        self.lungs = lungs
        self.activationShare = activationShare
        self.agreement = agreement
        self.texture = texture
        self.lungVolume = lungVolume
        self.lungVolumeIsComplete = lungVolumeIsComplete
        self.involvement = involvement
        self.quality = quality ?? ImageQuality(nil, reasons: reasons, limits: nil)
        self.bundle = bundle
        self.record = record
        self.parameters = parameters
    }

    /// The most probable class, whatever the outcome.
    public var topClass: ClassProbability? {
        probabilities.max { $0.probability < $1.probability }
    }

    /// The probability of the reported class; nil for *review*.
    public var confidence: Double? {
        guard case .classified(let name) = outcome else { return nil }
        return probabilities.first { $0.name == name }?.probability
    }
}
