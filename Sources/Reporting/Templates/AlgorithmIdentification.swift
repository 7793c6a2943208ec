import DICOM
import Diagnosis

/// TID 4019 Algorithm Identification.
enum AlgorithmIdentification {
    static func items(_ bundle: BundleIdentity, _ identity: ResultIdentity) -> [ContentItem] {
        let parameters = ["bundle sha256 \(bundle.digest)", "\(Product.name) \(identity.softwareVersion)"]
        return [
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmFamily, .code(Codes.DCM.artificialIntelligence)),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmName, .text("\(Product.name) \(bundle.name)")),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmManufacturer, .text(Product.name)),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmVersion, .text(bundle.version)),
        ]
            + parameters.map { ContentItem(.hasConceptModifier, Codes.DCM.algorithmParameters, .text($0)) }
    }
}
