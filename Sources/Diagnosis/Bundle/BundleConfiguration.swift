public import Imaging
public import NeuralNetworks
public import Texture

/// Every constant of the method (docs/METHOD.md §1-5, 7, 8) as `bundle.yaml` holds them: a bundle and an image determine
/// the finding.
public struct BundleConfiguration: Codable, Hashable, Sendable {
    /// The version of bundle.yaml's own form that this program reads.
    public static let format = 1

    public var name: String
    public var version: String
    public var analysis: AnalysisSettings
    /// Nil where the bundle takes every image for an upright radiograph of the chest.
    public var inputCheck: InputCheckSettings?
    public var segmentation: SegmentationSettings
    public var texture: TextureRule
    /// Nil where the bundle has no classes for radiographs.
    public var radiograph: ClassificationSettings?
    public var ct: CTSettings
    public var claims: Claims
    public var triage: TriageRules

    /// Method §1.
    public struct AnalysisSettings: Codable, Hashable, Sendable {
        /// Pixels of the analysis image's longer side.
        public var longSide: Int
        /// The window of radiographs that state none: percentiles of what is not padding.
        public var lowPercentile: Double
        public var highPercentile: Double
        /// Hounsfield units of the lung window.
        public var lungWindowCentre: Double
        public var lungWindowWidth: Double
        /// What lies beyond the Wiener filter's border (method §2).
        public var wienerBorder: WienerBorder
        /// Nil where the bundle calls no image's quality good or poor.
        public var quality: ImageQuality.Limits?
    }

    /// Method §3.
    public struct SegmentationSettings: Codable, Hashable, Sendable {
        public var weights: String
        public var inputSide: Int
        public var mean: Double
        public var deviation: Double
        /// Whether the network looks at the mirrored image too, and the mean of both answers counts: a lung is right or left
        /// by its place alone, so its errors differ.
        public var mirroredToo = false
        /// Of each lung, as a share of the image.
        public var share: ClosedRange<Double>
        /// Right lung's area divided by the left's.
        public var ratio: ClosedRange<Double>
    }

    /// Method §4.
    public struct TextureRule: Codable, Hashable, Sendable {
        /// How the reported features are measured.
        public var settings: TextureSettings
        /// Whether ranges over the directions are reported beside the means.
        public var reportsRanges: Bool
        /// The file with the profiles.
        public var profiles: String
        /// The profile that narrows radiographs; nil when none does.
        public var profile: String?
        /// Whether a class that texture rules out becomes *review*.
        public var conflictMeansReview: Bool
    }

    /// What the bundle was made for; a *stated* fact outside means review (method §7).
    public struct Claims: Codable, Hashable, Sendable {
        /// DICOM's Body Part Examined, upper case.
        public var bodyParts: [String]
        /// DICOM's View Position.
        public var views: [String]
        /// Years; nil where nothing is claimed.
        public var minimumAge: Double?
        public var maximumAge: Double?
    }
}

/// Method §7: whether the image is an upright frontal radiograph of the chest at all.
public struct InputCheckSettings: Codable, Hashable, Sendable {
    public var weights: String
    /// Side of the network's input.
    public var inputSide: Int
    /// Of grey levels as 0…1.
    public var mean: Double
    public var deviation: Double
    /// Probability of *upright* and *mirrored* together, below which the outcome is *review*.
    public var minimumUpright: Double
    /// Share of *mirrored* in the two, from which on the outcome is *review*.
    public var minimumMirrored: Double
}

/// Method §5 and §7: from lung box to class.
public struct ClassificationSettings: Codable, Hashable, Sendable {
    public var weights: String
    /// In what numbers the network is computed where nobody asks for others.
    public var precision = Precision.f32
    /// The file with the ranges that int8 wants; nil where the bundle has none.
    public var calibration: String?
    /// In the order of the network's logits.
    public var classes: [FindingClass]
    /// The class that activation is measured against, and that is not abnormal.
    public var normal: FindingClass
    public var box: LungBoxSettings
    /// Side of a patch in the box, and how many there are.
    public var patchSide: Int
    public var patchCount: Int
    /// Every second patch is shown as in a mirror.
    public var mirrorsEverySecondPatch = false
    /// Side of the network's input.
    public var inputSide: Int
    /// Of the three colours.
    public var mean: [Double]
    public var deviation: [Double]
    /// The mean logits are divided by it.
    public var temperature: Double
    /// Under these the outcome is *review*.
    public var minimumProbability: Double
    public var minimumAgreement: Double
    /// Of the mean logits, before the temperature.
    public var minimumLogSumExp: Double
    /// Above it a pixel of the class activation map is marked.
    public var activationThreshold: Double
    /// What counts as full activation in pictures.
    public var activationScale: Double
    /// Nil where the bundle does not say how often it is right.
    public var tested: TestRecord?
}

/// Method §8.
public struct CTSettings: Codable, Hashable, Sendable {
    /// Nil where the bundle has no classes for CT: it ends in *review*, with lungs and texture.
    public var classification: SliceClassificationSettings?
    /// Hounsfield units; lower ones are air or lung.
    public var lungThreshold: Int
    /// Slices with less lung, as a share of the series' largest, are passed over.
    public var minimumAreaOfLargest: Double
    public var maximumSlices: Int
    /// Lungs on less than this share of a slice are none.
    public var minimumShare: Double
    /// Hounsfield units of lung that holds too little air; nil where involvement is not measured.
    public var involvement: ClosedRange<Int>?
}

/// Method §8: from slices to the class of a series.
public struct SliceClassificationSettings: Codable, Hashable, Sendable {
    public var weights: String
    /// In the order of the network's logits.
    public var classes: [FindingClass]
    /// The class that activation is measured against, and that is not abnormal.
    public var normal: FindingClass
    /// What lies outside the lungs is black to the network.
    public var lungsOnly: Bool
    /// Side of the network's input, which the whole slice is fitted into.
    public var inputSide: Int
    /// Of the three colours.
    public var mean: [Double]
    public var deviation: [Double]
    /// A slice's logits are divided by it.
    public var temperature: Double
    /// Under these the outcome is *review*.
    public var minimumProbability: Double
    /// Of the mean logits, before the temperature.
    public var minimumLogSumExp: Double
    /// By feature, in the bundle's form: where the lungs of real slices lie. Outside of any the outcome is *review*.
    public var texture: [String: ClosedRange<Double>] = [:]
    /// Above it a pixel of the class activation map is marked.
    public var activationThreshold: Double
    /// What counts as full activation in pictures.
    public var activationScale: Double
    /// Nil where the bundle does not say how often it is right.
    public var tested: TestRecord?
}
