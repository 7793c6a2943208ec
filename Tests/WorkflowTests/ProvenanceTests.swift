import DICOMCore
import Testing

@testable import Workflow

@Suite("Who made an object, and whether it is an image to analyse")
struct ProvenanceTests {
    private let own = UID(known: "2.25.1")

    private func provenance(
        _ sopClass: SOPClass = .secondaryCaptureImageStorage, instance: UID = UID(known: "2.25.9"),
        modality: String? = "OT", manufacturer: String? = nil, device: UID? = nil, own: UID? = UID(known: "2.25.1")
    ) -> Provenance {
        Provenance(
            sopClass: sopClass.uid, sopInstance: instance, modality: modality, manufacturer: manufacturer,
            deviceUID: device, ownDeviceUID: own)
    }

    @Test("Defect 4: an object is ours by the Device UID, or by manufacturer and UID root")
    func makers() {
        #expect(provenance(device: own).maker == .thisNode)
        #expect(provenance(manufacturer: "Hilum", device: own).maker == .thisNode)
        #expect(provenance(manufacturer: "Hilum", device: UID(known: "2.25.2")).maker == .anotherNode)
        #expect(provenance(manufacturer: "Hilum", own: nil).maker == .anotherNode)
    }

    @Test("Neither the manufacturer nor the root alone makes an object ours")
    func strangers() {
        #expect(provenance().maker == .other)
        #expect(provenance(instance: UID(known: "1.2.3"), manufacturer: "Hilum").maker == .other)
        #expect(provenance(manufacturer: "Hilum GmbH").maker == .other)
        #expect(provenance(device: UID(known: "2.25.2")).maker == .other)
        #expect(provenance(own: nil).maker == .other)
    }

    @Test("What is ours is no image to analyse, whatever its class")
    func oursIsNotAnalysed() {
        for manufacturer in [nil, "Hilum"] {
            let isOurs = manufacturer != nil
            let object = provenance(.digitalXRayImageStorageForPresentation, modality: "DX", manufacturer: manufacturer)
            #expect(object.isOurs == isOurs && object.isImageToAnalyse == !isOurs)
        }
    }

    @Test("Radiographs and CT are images to analyse, and so are captures that are not of another examination")
    func kinds() {
        #expect(provenance(.computedRadiographyImageStorage, modality: "CR").imageKind == .radiograph)
        #expect(provenance(.enhancedCTImageStorage, modality: nil).imageKind == .ct)
        #expect(provenance(modality: nil).imageKind == .secondaryCapture)
        #expect(provenance(modality: "MR").imageKind == nil)
        #expect(provenance(.grayscaleSoftcopyPresentationStateStorage).imageKind == nil)
        #expect(provenance(.xRayRadiationDoseSRStorage).isImageToAnalyse == false)
    }
}
