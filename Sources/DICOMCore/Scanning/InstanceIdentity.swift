/// What a data set says about itself at its top level, as far as reception, assembly and delivery need it. Nothing
/// here names a patient.
public struct InstanceIdentity: Equatable, Sendable {
    /// (0008,0016).
    public var sopClassUID: UID?
    /// (0008,0018).
    public var sopInstanceUID: UID?
    /// (0020,000D).
    public var studyInstanceUID: UID?
    /// (0020,000E).
    public var seriesInstanceUID: UID?
    /// (0008,0060): `CT`, `DX`, ….
    public var modality: String?
    /// (0008,0008), value by value: `ORIGINAL`, `PRIMARY`, ….
    public var imageType: [String] = []
    /// (0008,0070), of the equipment that made the object.
    public var manufacturer: String?
    /// (0008,1090).
    public var manufacturerModelName: String?
    /// (0018,1020).
    public var softwareVersions: String?
    /// Device UID (0018,1002) of the general equipment, by which Hilum knows its own objects.
    public var deviceUID: UID?
    /// (0018,0015): `CHEST`, ….
    public var bodyPartExamined: String?
    /// (0018,5101): `PA`, `AP`, `LL`, ….
    public var viewPosition: String?
    /// (0008,0005), in which the other texts are written; they are read as UTF-8 here.
    public var specificCharacterSet: String?
    /// (0020,0011).
    public var seriesNumber: Int?
    /// (0020,0013).
    public var instanceNumber: Int?
    /// (0028,0008); nil where the object does not say, as those of one frame may.
    public var numberOfFrames: Int?
    /// (0028,0010): pixels from top to bottom.
    public var rows: Int?
    /// (0028,0011): pixels from left to right.
    public var columns: Int?
    /// A top-level Pixel Data element (7FE0,0010) was seen.
    public var hasPixelData = false

    /// Nothing is known.
    public init() {}

    /// No identifying value is longer; one that claims to be is passed over.
    static let longestValue: UInt64 = 4096

    static func wants(_ tag: Tag) -> Bool {
        switch tag.group {
        case 0x0008: [0x0005, 0x0008, 0x0016, 0x0018, 0x0060, 0x0070, 0x1090].contains(tag.element)
        case 0x0018: [0x0015, 0x1002, 0x1020, 0x5101].contains(tag.element)
        case 0x0020: [0x000D, 0x000E, 0x0011, 0x0013].contains(tag.element)
        case 0x0028: [0x0008, 0x0010, 0x0011].contains(tag.element)
        default: false
        }
    }

    mutating func take(_ tag: Tag, _ value: [UInt8], isLittleEndian: Bool) {
        let text = { String(trimming: value) }
        let number = { Int(String(trimming: value)) }
        let short = {
            value.count < 2
                ? nil : isLittleEndian ? Int(value[0]) | Int(value[1]) << 8 : Int(value[0]) << 8 | Int(value[1])
        }
        switch tag {
        case .sopClassUID: sopClassUID = UID(text())
        case .sopInstanceUID: sopInstanceUID = UID(text())
        case .studyInstanceUID: studyInstanceUID = UID(text())
        case .seriesInstanceUID: seriesInstanceUID = UID(text())
        case .modality: modality = text()
        case .imageType: imageType = text().split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
        case .manufacturer: manufacturer = text()
        case .manufacturerModelName: manufacturerModelName = text()
        case .softwareVersions: softwareVersions = text()
        case .deviceUID: deviceUID = UID(text())
        case .bodyPartExamined: bodyPartExamined = text()
        case .viewPosition: viewPosition = text()
        case .specificCharacterSet: specificCharacterSet = text()
        case .seriesNumber: seriesNumber = number()
        case .instanceNumber: instanceNumber = number()
        case .numberOfFrames: numberOfFrames = number()
        case .rows: rows = short()
        case .columns: columns = short()
        default: break
        }
    }
}
