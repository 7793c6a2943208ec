public import DICOMCore
public import Diagnosis
public import Foundation

/// What the choice of images needs to know of one object (method §7), read from its file without its pixels.
public struct ImageHeader: Sendable {
    public var file: URL
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var studyInstanceUID: UID
    public var seriesInstanceUID: UID
    /// (0008,0060); empty when absent.
    public var modality: String
    public var seriesNumber: Int?
    public var instanceNumber: Int?
    public var seriesDescription: String
    /// Values of Image Type (0008,0008), upper case.
    public var imageType: [String]
    public var rows: Int
    public var columns: Int
    public var frames: Int
    public var samplesPerPixel: Int
    public var spacing: PixelSpacing?
    /// Where the columns of a row go on, `L`, `R`, …: from Patient Orientation (0020,0020) or the slice's orientation.
    public var rowDirection: String?
    public var stated: StatedFacts
    public var acquisition: Acquisition
    /// Set for CT only.
    public var slice: SliceFacts?
    /// Manufacturer (0008,0070), as far as it tells whether Hilum made the object.
    public var manufacturer: String
    public var deviceUID: UID?
    /// The object holds pixel data, in whatever coding.
    public var hasPixels: Bool

    /// What tells two versions of one exposure from two exposures.
    public struct Acquisition: Hashable, Sendable {
        /// Irradiation Event UID (0008,3010) and Acquisition UID (0008,0017).
        public var eventUIDs: [UID]
        /// SOP Instance UIDs of the Source Image Sequence (0008,2112).
        public var sourceUIDs: [UID]
        /// Acquisition Date and Time joined; empty unless both are there.
        public var moment: String
        /// How the image was made of others, upper case: Derivation Description (0008,2111), the meanings of its codes
        /// (0008,9215) and Acquisition Device Processing Description (0018,1400).
        public var derivation: String
        /// Acquisition Number (0020,0012).
        public var number: Int?
        public var isForProcessing: Bool

        public init(
            eventUIDs: [UID] = [], sourceUIDs: [UID] = [], moment: String = "", derivation: String = "",
            number: Int? = nil,
            isForProcessing: Bool = false
        ) {
            self.eventUIDs = eventUIDs
            self.sourceUIDs = sourceUIDs
            self.moment = moment
            self.derivation = derivation
            self.number = number
            self.isForProcessing = isForProcessing
        }
    }

    /// What tells a CT series from another.
    public struct SliceFacts: Hashable, Sendable {
        /// Image Orientation (Patient), six direction cosines; empty when absent.
        public var orientation: [Double]
        /// Image Position (Patient), three mm; empty when absent.
        public var position: [Double]
        /// mm.
        public var thickness: Double?
        public var kernel: String

        public init(
            orientation: [Double] = [], position: [Double] = [], thickness: Double? = nil, kernel: String = ""
        ) {
            self.orientation = orientation
            self.position = position
            self.thickness = thickness
            self.kernel = kernel
        }
    }

    public init(
        file: URL, sopClassUID: UID, sopInstanceUID: UID, studyInstanceUID: UID, seriesInstanceUID: UID,
        modality: String = "", seriesNumber: Int? = nil, instanceNumber: Int? = nil, seriesDescription: String = "",
        imageType: [String] = [], rows: Int, columns: Int, frames: Int = 1, samplesPerPixel: Int = 1,
        spacing: PixelSpacing? = nil, rowDirection: String? = nil, stated: StatedFacts = StatedFacts(),
        acquisition: Acquisition = Acquisition(), slice: SliceFacts? = nil, manufacturer: String = "",
        deviceUID: UID? = nil, hasPixels: Bool = true
    ) {
        self.file = file
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.studyInstanceUID = studyInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.modality = modality
        self.seriesNumber = seriesNumber
        self.instanceNumber = instanceNumber
        self.seriesDescription = seriesDescription
        self.imageType = imageType
        self.rows = rows
        self.columns = columns
        self.frames = frames
        self.samplesPerPixel = samplesPerPixel
        self.spacing = spacing
        self.rowDirection = rowDirection
        self.stated = stated
        self.acquisition = acquisition
        self.slice = slice
        self.manufacturer = manufacturer
        self.deviceUID = deviceUID
        self.hasPixels = hasPixels
    }
}
