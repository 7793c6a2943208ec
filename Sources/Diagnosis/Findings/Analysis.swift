public import Imaging

/// What the image's file says of itself, as far as the finding depends on it. Nil means unknown, not wrong.
public struct StatedFacts: Codable, Hashable, Sendable {
    /// Upper case as in DICOM's Body Part Examined: `CHEST`, `ABDOMEN`, …
    public var bodyPart: String?
    /// DICOM's View Position: `PA`, `AP`, `LL`, …
    public var view: String?
    /// Years.
    public var age: Double?
    /// The columns go on to the patient's right: the image is seen from the other side than radiologists look, so the
    /// patient's right is on its right. CT of prone patients is often stored so.
    public var isMirrored: Bool
    /// Patient Orientation says on which side of the image the patient's right lies; ``isMirrored`` follows from it.
    public var namesSides: Bool
    /// The one side that the image is stated to show; nil for both, and where nothing is stated.
    public var laterality: LungSide?

    public init(
        bodyPart: String? = nil, view: String? = nil, age: Double? = nil, isMirrored: Bool = false,
        namesSides: Bool = false, laterality: LungSide? = nil
    ) {
        self.bodyPart = bodyPart
        self.view = view
        self.age = age
        self.isMirrored = isMirrored
        self.namesSides = namesSides
        self.laterality = laterality
    }
}

/// Distance of pixel centres in millimetres.
public struct PixelSpacing: Codable, Hashable, Sendable {
    /// Between rows (vertical).
    public var row: Double
    /// Between columns (horizontal).
    public var column: Double

    public init(row: Double, column: Double) {
        self.row = row
        self.column = column
    }
}

/// A radiograph as the pipeline takes it: the displayed plane (8-bit, air dark) in the original matrix.
public struct RadiographInput: Sendable {
    public var grey: GreyPlane
    /// 1 where the pixel is image, 0 where it is padding or shutter; nil when all is image.
    public var valid: Mask?
    public var spacing: PixelSpacing?
    public var stated: StatedFacts

    public init(grey: GreyPlane, valid: Mask? = nil, spacing: PixelSpacing? = nil, stated: StatedFacts = StatedFacts())
    {
        self.grey = grey
        self.valid = valid
        self.spacing = spacing
        self.stated = stated
    }
}

/// One axial slice.
public struct CTSlice: Sendable {
    /// Hounsfield units in the original matrix; nil for a picture of a slice.
    public var hounsfield: Plane<Int16>?
    /// The lung window, 8-bit.
    public var grey: GreyPlane

    public init(hounsfield: Plane<Int16>?, grey: GreyPlane) {
        self.hounsfield = hounsfield
        self.grey = grey
    }
}

/// A CT series, ordered from the feet to the head or the other way, but by geometry.
public struct CTInput: Sendable {
    public var slices: [CTSlice]
    public var spacing: PixelSpacing?
    /// Where each slice lies along the slices' normal, in mm, rising; nil when unknown.
    public var positions: [Double]?
    /// Of a slice, in mm; nil when unknown.
    public var thickness: Double?
    public var stated: StatedFacts

    public init(
        slices: [CTSlice], spacing: PixelSpacing? = nil, positions: [Double]? = nil, thickness: Double? = nil,
        stated: StatedFacts = StatedFacts()
    ) {
        self.slices = slices
        self.spacing = spacing
        self.positions = positions
        self.thickness = thickness
        self.stated = stated
    }
}

/// A finding with the planes that a picture of it needs.
public struct Analysis: Sendable {
    public var finding: Finding
    /// The images that were looked at: one for a radiograph, the chosen slices for CT.
    public var images: [AnalysedImage]
    /// Seconds spent, by stage, in order: `enhance`, `segment`, `texture`, `classify`, …
    public var stages: [NamedValue]

    public init(finding: Finding, images: [AnalysedImage], stages: [NamedValue]) {
        self.finding = finding
        self.images = images
        self.stages = stages
    }
}

/// One image that was looked at.
public struct AnalysedImage: Sendable {
    /// Index into the input's images (0 for a radiograph, the slice's index for CT).
    public var index: Int
    /// Lung labels in the analysis image (long side 256); nil when none were found.
    public var labels: LabelPlane?
    /// Class activation in the analysis image, 0…1 of the bundle's scale, 0 outside the patches; nil when the network
    /// did not run or the top class is normal.
    public var activation: Plane<Float>?

    public init(index: Int, labels: LabelPlane?, activation: Plane<Float>?) {
        self.index = index
        self.labels = labels
        self.activation = activation
    }
}
