import DICOM
import DICOMCore

/// TID 1204 Language of Content Item and Descendants.
enum LanguageTemplate {
    static func items(_ phrases: Phrases) -> [ContentItem] {
        [ContentItem(.hasConceptModifier, Codes.DCM.language, .code(phrases.language))]
    }
}

/// TID 1001 Observation Context with TID 1002 and TID 1004: the observer is a device.
enum DeviceObserverTemplate {
    static func items(_ identity: ResultIdentity) -> [ContentItem] {
        [
            ContentItem(.hasObservationContext, Codes.DCM.observerType, .code(Codes.DCM.device)),
            ContentItem(.hasObservationContext, Codes.DCM.deviceObserverUID, .uid(identity.deviceUID.string)),
            ContentItem(.hasObservationContext, Codes.DCM.deviceObserverName, .text(Product.name)),
            ContentItem(.hasObservationContext, Codes.DCM.deviceObserverManufacturer, .text(Product.name)),
            ContentItem(.hasObservationContext, Codes.DCM.deviceObserverModel, .text(Product.name)),
        ]
    }
}

/// What results say of the program that made them.
enum Product {
    static let name = "Hilum"
}
