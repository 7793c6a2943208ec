public import DICOMCore

/// What an object can be analysed as; nil from `init(of:)` for everything else.
enum ImageRole {
    case radiograph, ct, secondaryCapture

    init?(of header: ImageHeader) {
        switch SOPClass(uid: header.sopClassUID) {
        case .computedRadiographyImageStorage, .digitalXRayImageStorageForPresentation,
            .digitalXRayImageStorageForProcessing:
            self = .radiograph
        case .ctImageStorage, .enhancedCTImageStorage, .legacyConvertedEnhancedCTImageStorage:
            self = .ct
        case let captured where captured.isImageToAnalyse:
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
