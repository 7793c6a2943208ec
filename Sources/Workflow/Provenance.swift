public import DICOMCore

/// Who made an object, and whether it is an image to analyse. Reception and worker ask the same question here, so they
/// can't answer it differently: an object that a worker would pass over opens no study (two nodes that sent each other
/// their pictures went on for ever).
public struct Provenance: Hashable, Sendable {
    public enum Maker: Hashable, Sendable {
        /// A modality, or any other program.
        case other
        /// Hilum on this store, by the Device UID.
        case thisNode
        /// Hilum elsewhere, or here before its store was lost.
        case anotherNode
    }

    /// What an image can be analysed as.
    public enum ImageKind: Hashable, Sendable {
        case radiograph, ct, secondaryCapture
    }

    public var maker: Maker
    /// Nil for what is no image of the chest by its class: it is kept and passed over.
    public var imageKind: ImageKind?

    public init(maker: Maker, imageKind: ImageKind?) {
        self.maker = maker
        self.imageKind = imageKind
    }

    /// Manufacturer (0008,0070) of everything that Hilum writes.
    public static let manufacturer = "Hilum"
    /// Root of everything that Hilum writes: UIDs made from UUIDs (PS3.5 §B.2). Others use it too, so it decides only
    /// together with the manufacturer.
    public static let root = "2.25."

    /// - Parameters:
    ///   - modality: Modality (0008,0060).
    ///   - manufacturer: Manufacturer (0008,0070).
    ///   - deviceUID: Device UID (0018,1002).
    ///   - ownDeviceUID: of this store; nil outside a gateway.
    public init(
        sopClass: UID, sopInstance: UID, modality: String?, manufacturer: String?, deviceUID: UID?, ownDeviceUID: UID?
    ) {
        if let deviceUID, deviceUID == ownDeviceUID {
            maker = .thisNode
        } else if manufacturer == Self.manufacturer, sopInstance.string.hasPrefix(Self.root) {
            maker = .anotherNode
        } else {
            maker = .other
        }
        imageKind = Self.imageKind(SOPClass(uid: sopClass), modality: modality ?? "")
    }

    /// Made by Hilum: kept, never analysed, never a reason for a revision.
    public var isOurs: Bool { maker != .other }

    /// What a job is made of, and what opens a study.
    public var isImageToAnalyse: Bool { !isOurs && imageKind != nil }

    private static func imageKind(_ sopClass: SOPClass, modality: String) -> ImageKind? {
        switch sopClass {
        case .computedRadiographyImageStorage, .digitalXRayImageStorageForPresentation,
            .digitalXRayImageStorageForProcessing:
            .radiograph
        case .ctImageStorage, .enhancedCTImageStorage, .legacyConvertedEnhancedCTImageStorage: .ct
        case .secondaryCaptureImageStorage, .multiFrameGrayscaleByteSecondaryCaptureImageStorage,
            .multiFrameGrayscaleWordSecondaryCaptureImageStorage, .multiFrameTrueColorSecondaryCaptureImageStorage,
            .multiFrameSingleBitSecondaryCaptureImageStorage:
            // A captured screen of CT, MR, … is a picture about an examination, not one of the chest.
            ["", "OT", "CR", "DX", "RG", "SC", "XC"].contains(modality) ? .secondaryCapture : nil
        default: nil
        }
    }
}
