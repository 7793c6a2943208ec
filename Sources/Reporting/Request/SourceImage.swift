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

    public init(
        sopClassUID: UID, sopInstanceUID: UID, seriesInstanceUID: UID, frame: Int? = nil, modality: String = "",
        rows: Int, columns: Int, spacing: PixelSpacing? = nil, rowDirection: String? = nil
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
