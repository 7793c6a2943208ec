import DICOMCore

/// What an object can be analysed as; nil from `init(of:)` for everything else.
enum ImageRole {
    case radiograph, ct, secondaryCapture

    init?(of header: ImageHeader) {
        switch header.sopClassUID.string {
        case "1.2.840.10008.5.1.4.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1", "1.2.840.10008.5.1.4.1.1.1.1.1":
            self = .radiograph
        case "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.2.1", "1.2.840.10008.5.1.4.1.1.2.2":
            self = .ct
        case let uid where uid == "1.2.840.10008.5.1.4.1.1.7" || uid.hasPrefix("1.2.840.10008.5.1.4.1.1.7."):
            // A captured screen of CT, MR, … is a picture about an examination, not one of the chest.
            guard ["", "OT", "CR", "DX", "RG", "SC", "XC"].contains(header.modality) else { return nil }
            self = .secondaryCapture
        default: return nil
        }
    }
}

/// Objects that Hilum made may come back from an archive that forwards; they are never analysed (design §3.9).
public enum Origin {
    /// Manufacturer (0008,0070) of result objects.
    public static let manufacturer = "Hilum"

    public static func isOurs(_ header: ImageHeader, deviceUID: UID?) -> Bool {
        header.manufacturer == manufacturer || (deviceUID != nil && header.deviceUID == deviceUID)
    }
}
