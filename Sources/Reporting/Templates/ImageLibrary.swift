import DICOM
import DICOMCore

/// TID 1600 Image Library: the images that were looked at, one group per series in the order of the findings.
enum ImageLibrary {
    /// - Parameter others: of the images those of which nobody can say that they show the chest.
    static func item(_ images: [SourceImage], others: Set<SourceImage> = []) -> ContentItem {
        var groups: [(series: UID, images: [SourceImage])] = []
        for image in images {
            if let index = groups.firstIndex(where: { $0.series == image.seriesInstanceUID }) {
                groups[index].images.append(image)
            } else {
                groups.append((image.seriesInstanceUID, [image]))
            }
        }
        return ContentItem(
            .contains, Codes.DCM.imageLibrary, .container(template: "1600"),
            groups.map { group($0.images, isChest: others.isDisjoint(with: $0.images)) })
    }

    /// What all images of a group share stands in the group (TID 1602).
    private static func group(_ images: [SourceImage], isChest: Bool) -> ContentItem {
        let modality = images.first.flatMap { modalityCode($0.modality) }
        let shared =
            (modality.map { [ContentItem(.hasAcquisitionContext, Codes.DCM.modality, .code($0))] } ?? [])
            + (isChest ? [ContentItem(.hasAcquisitionContext, Codes.DCM.targetRegion, .code(Codes.SCT.thorax))] : [])
        return ContentItem(
            .contains, Codes.DCM.imageLibraryGroup, .container(template: nil), shared + images.map(entry))
    }

    /// TID 1601 Image Library Entry.
    private static func entry(_ image: SourceImage) -> ContentItem {
        let size = [(Codes.DCM.pixelDataRows, image.rows), (Codes.DCM.pixelDataColumns, image.columns)]
        return ContentItem(
            .contains, nil, .image(image.reference),
            size.map { name, count in
                ContentItem(.hasAcquisitionContext, name, .number("\(count)", unit: Codes.UCUM.pixels))
            })
    }

    /// CID 29 Acquisition Modality, as far as chest images are of it.
    private static func modalityCode(_ modality: String) -> CodedEntry? {
        switch modality {
        case "CR": CodedEntry("CR", "DCM", "Computed Radiography")
        case "CT": CodedEntry("CT", "DCM", "Computed Tomography")
        case "DX": CodedEntry("DX", "DCM", "Digital Radiography")
        case "OT": CodedEntry("OT", "DCM", "Other Modality")
        case "RG": CodedEntry("RG", "DCM", "Radiographic imaging")
        default: nil
        }
    }
}

extension SourceImage {
    var reference: ContentItem.ImageReference {
        ContentItem.ImageReference(sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, frame: frame)
    }
}
