public import DICOMCore
public import Diagnosis

/// An image of the source study, as far as a report refers to it.
public struct SourceImage: Hashable, Sendable {
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var seriesInstanceUID: UID
    /// 1-based, as Referenced Frame Number (PS3.3 C.17.3); nil for the only frame of a single-frame image.
    public var frame: Int?
    /// Modality (0008,0060) of the image's series: `CR`, `DX`, `CT`, …
    public var modality: String
    /// The original matrix, to which contours refer.
    public var rows: Int
    public var columns: Int
    public var spacing: PixelSpacing?
    /// First value of Patient Orientation (0020,0020): where the columns of a row go on, `L`, `R`, …; nil when unknown.
    public var rowDirection: String?
    /// Which side is which, as Patient Orientation states it; nil where it does not.
    var rightIsAtTheLeft: Bool? {
        switch rowDirection?.first {
        case "L": true
        case "R": false
        default: nil
        }
    }
    /// What people know it by; each nil where it is not stated.
    public var label: Label

    /// What a viewer shows beside an image.
    public struct Label: Hashable, Sendable {
        /// View Position (0018,5101): `PA`, `LL`, …
        public var view: String?
        /// Instance Number (0020,0013).
        public var number: Int?
        /// When it was taken, in its own time: `14:05`.
        public var time: String?
        /// Of a slice: the third value of Image Position (Patient), in mm towards the head.
        public var height: Double?

        public init(view: String? = nil, number: Int? = nil, time: String? = nil, height: Double? = nil) {
            self.view = view
            self.number = number
            self.time = time
            self.height = height
        }
    }

    public init(
        sopClassUID: UID, sopInstanceUID: UID, seriesInstanceUID: UID, frame: Int? = nil, modality: String = "",
        rows: Int, columns: Int, spacing: PixelSpacing? = nil, rowDirection: String? = nil, label: Label = Label()
    ) {
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.frame = frame
        self.modality = modality
        self.rows = rows
        self.columns = columns
        self.spacing = spacing
        self.rowDirection = rowDirection
        self.label = label
    }
}

/// An image of the study that was not analysed (method §7). It never turns a study into *review*.
public struct ImageNotChosen: Hashable, Sendable {
    public var image: SourceImage
    /// A few words for people: `lateral view`, `localizer`, …
    public var reason: String

    public init(image: SourceImage, reason: String) {
        self.image = image
        self.reason = reason
    }
}
