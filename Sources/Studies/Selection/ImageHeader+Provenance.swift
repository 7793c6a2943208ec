import DICOMCore
import Workflow

extension ImageHeader {
    /// Who made it, by the question that reception asks too.
    /// - Parameter ownDeviceUID: of this installation; nil where there is none.
    func provenance(ownDeviceUID: UID?) -> Provenance {
        Provenance(
            sopClass: sopClassUID, sopInstance: sopInstanceUID, modality: modality, manufacturer: manufacturer,
            deviceUID: deviceUID, ownDeviceUID: ownDeviceUID)
    }

    /// What it can be analysed as; nil for what is no image of the chest by its class.
    var imageKind: Provenance.ImageKind? { provenance(ownDeviceUID: nil).imageKind }
}
