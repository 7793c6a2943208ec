/// The tags that reception and delivery look at (PS3.6).
extension Tag {
    /// Item (FFFE,E000).
    public static let item = Tag(0xFFFE, 0xE000)
    /// Item Delimitation Item (FFFE,E00D).
    public static let itemDelimitation = Tag(0xFFFE, 0xE00D)
    /// Sequence Delimitation Item (FFFE,E0DD).
    public static let sequenceDelimitation = Tag(0xFFFE, 0xE0DD)
    /// Pixel Data (7FE0,0010).
    public static let pixelData = Tag(0x7FE0, 0x0010)

    /// Specific Character Set (0008,0005).
    public static let specificCharacterSet = Tag(0x0008, 0x0005)
    /// Image Type (0008,0008).
    public static let imageType = Tag(0x0008, 0x0008)
    /// SOP Class UID (0008,0016).
    public static let sopClassUID = Tag(0x0008, 0x0016)
    /// SOP Instance UID (0008,0018).
    public static let sopInstanceUID = Tag(0x0008, 0x0018)
    /// Modality (0008,0060).
    public static let modality = Tag(0x0008, 0x0060)
    /// Manufacturer (0008,0070).
    public static let manufacturer = Tag(0x0008, 0x0070)
    /// Manufacturer's Model Name (0008,1090).
    public static let manufacturerModelName = Tag(0x0008, 0x1090)
    /// Body Part Examined (0018,0015).
    public static let bodyPartExamined = Tag(0x0018, 0x0015)
    /// Device UID (0018,1002).
    public static let deviceUID = Tag(0x0018, 0x1002)
    /// Software Versions (0018,1020).
    public static let softwareVersions = Tag(0x0018, 0x1020)
    /// View Position (0018,5101).
    public static let viewPosition = Tag(0x0018, 0x5101)
    /// Study Instance UID (0020,000D).
    public static let studyInstanceUID = Tag(0x0020, 0x000D)
    /// Series Instance UID (0020,000E).
    public static let seriesInstanceUID = Tag(0x0020, 0x000E)
    /// Series Number (0020,0011).
    public static let seriesNumber = Tag(0x0020, 0x0011)
    /// Instance Number (0020,0013).
    public static let instanceNumber = Tag(0x0020, 0x0013)
    /// Number of Frames (0028,0008).
    public static let numberOfFrames = Tag(0x0028, 0x0008)
    /// Rows (0028,0010).
    public static let rows = Tag(0x0028, 0x0010)
    /// Columns (0028,0011).
    public static let columns = Tag(0x0028, 0x0011)
}
