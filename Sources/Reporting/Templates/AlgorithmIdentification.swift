import DICOM
import Diagnosis

/// TID 4019 Algorithm Identification.
enum AlgorithmIdentification {
    static func items(_ finding: Finding, _ identity: ResultIdentity) -> [ContentItem] {
        let bundle = finding.bundle
        let parameters =
            ["bundle sha256 \(bundle.digest)", "\(Product.name) \(identity.softwareVersion)"] + finding.parameters
        return [
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmFamily, .code(Codes.DCM.artificialIntelligence)),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmName, .text("\(Product.name) \(bundle.name)")),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmManufacturer, .text(Product.name)),
            ContentItem(.hasConceptModifier, Codes.DCM.algorithmVersion, .text(bundle.version)),
        ]
            + parameters.map { ContentItem(.hasConceptModifier, Codes.DCM.algorithmParameters, .text($0)) }
    }
}
