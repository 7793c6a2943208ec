import DICOM
import Diagnosis

extension Codes {
    /// Codes of our own, where no standard scheme has one. Values never change their meaning.
    enum Hilum {
        static let scheme = "99HILUM"

        static func code(_ value: String, _ meaning: String) -> CodedEntry { CodedEntry(value, scheme, meaning) }

        static let imageClass = code("IMAGE_CLASS", "Image class")
        static let reviewReason = code("REVIEW_REASON", "Reason for review")
        static let triageLevel = code("TRIAGE_LEVEL", "Triage level")
        static let lungShare = code("LUNG_SHARE", "Lung, share of the image")
        static let activationShare = code("ACTIVATION_SHARE", "Activation, share of the lungs")
        static let involvement = code("INVOLVEMENT", "Lung with little air, share of the lung volume")
        static let agreement = code("AGREEMENT", "Agreement of patches or slices")
        static let textureConflict = code("TEXTURE_CONFLICT", "Texture contradicts the class")
        static let textureClass = code("TEXTURE_CLASS", "Class that the texture allows")
        static let textureProfile = code("TEXTURE_PROFILE", "Texture profile")
        static let imageNotAnalysed = code("IMG_NOT_ANALYSED", "Image not analysed")
        static let superseded = code("SUPERSEDED", "Superseded result")
        static let review = code("REVIEW", "Review by a radiologist needed")
    }
}

extension FindingClass {
    /// The class in our own scheme: one code per class, whatever the standard schemes lack.
    var ownCode: CodedEntry {
        switch self {
        case .normal: Codes.Hilum.code("CLS_NORMAL", "Normal")
        case .lungOpacity: Codes.Hilum.code("CLS_LUNG_OPACITY", "Lung opacity")
        case .viralPneumonia: Codes.Hilum.code("CLS_VIRAL_PNEUM", "Suspected viral pneumonia")
        case .covid19: Codes.Hilum.code("CLS_COVID19", "Suspected COVID-19")
        case .nonCovid: Codes.Hilum.code("CLS_NON_COVID", "COVID-19 not suspected")
        default: Codes.Hilum.code("CLS_OTHER", String(rawValue.prefix(64)))
        }
    }

    /// What the class asserts as a Finding. An image cannot assert the disease, so the codes are of suspicion.
    var findingCode: CodedEntry {
        switch self {
        case .normal: Codes.SCT.normal
        case .lungOpacity: Codes.DCM.abnormalOpacity
        case .viralPneumonia: Codes.SCT.abnormal
        case .covid19: Codes.SCT.suspectedCOVID19
        default: ownCode
        }
    }

    /// The classes that have a code of their own.
    static let coded: [FindingClass] = [.normal, .lungOpacity, .viralPneumonia, .covid19, .nonCovid]

    /// The class behind a code of our scheme.
    init?(ownCode code: CodedEntry) {
        if let known = Self.coded.first(where: { $0.ownCode == code }) {
            self = known
        } else if code.scheme == Codes.Hilum.scheme, code.value == "CLS_OTHER" {
            self.init(rawValue: code.meaning)
        } else {
            return nil
        }
    }
}

extension Outcome {
    var ownCode: CodedEntry {
        switch self {
        case .classified(let name): name.ownCode
        case .review: Codes.Hilum.review
        }
    }

    var findingCode: CodedEntry {
        switch self {
        case .classified(let name): name.findingCode
        case .review: Codes.Hilum.review
        }
    }
}

extension TriageLevel? {
    var code: CodedEntry {
        switch self {
        case nil: Codes.Hilum.code("TRIAGE_NONE", "Not triaged")
        case .immediate: Codes.Hilum.code("TRIAGE_1", "Immediate")
        case .urgent: Codes.Hilum.code("TRIAGE_2", "Urgent")
        case .expedited: Codes.Hilum.code("TRIAGE_3", "Expedited")
        case .routine: Codes.Hilum.code("TRIAGE_4", "Routine")
        }
    }
}

extension ReviewReason {
    var code: CodedEntry {
        switch self {
        case .bodyPart: Codes.Hilum.code("RSN_BODY_PART", "Stated body part outside the claim")
        case .view: Codes.Hilum.code("RSN_VIEW", "Stated view outside the claim")
        case .age: Codes.Hilum.code("RSN_AGE", "Age outside the claim")
        case .notAChestRadiograph: Codes.Hilum.code("RSN_NOT_CHEST", "Not a frontal chest radiograph")
        case .torn: Codes.Hilum.code("RSN_TORN", "Part of the image is noise")
        case .inverted: Codes.Hilum.code("RSN_INVERTED", "Grey levels inverted")
        case .turned: Codes.Hilum.code("RSN_TURNED", "Image turned")
        case .mirrored: Codes.Hilum.code("RSN_MIRRORED", "Image mirrored")
        case .sidesContradicted: Codes.Hilum.code("RSN_SIDES", "Stated sides contradicted by the image")
        case .lungsNotFound: Codes.Hilum.code("RSN_NO_LUNGS", "Lungs not found")
        case .lungsImplausible: Codes.Hilum.code("RSN_LUNG_SHAPE", "Lungs not plausible")
        case .lowProbability: Codes.Hilum.code("RSN_PROBABILITY", "No class probable enough")
        case .lowAgreement: Codes.Hilum.code("RSN_AGREEMENT", "Patches or slices disagree")
        case .textureConflict: Codes.Hilum.code("RSN_TEXTURE", "Texture contradicts the class")
        case .outOfDistribution: Codes.Hilum.code("RSN_UNLIKE", "Unlike the images the model knows")
        case .noClassesForModality: Codes.Hilum.code("RSN_NO_CLASSES", "No classes for this modality")
        case .notAnalysable: Codes.Hilum.code("RSN_NO_ANALYSIS", "No image could be analysed")
        case .undecodable: Codes.Hilum.code("RSN_UNDECODABLE", "Image cannot be decoded")
        }
    }
}

extension ImageQuality.Grade {
    /// PS3.16 CID 3114 Study Quality.
    var code: CodedEntry {
        switch self {
        case .good: Codes.DCM.goodImageQuality
        case .poor: Codes.DCM.poorImageQuality
        case .unusable: Codes.DCM.unusableImage
        }
    }
}

extension LungSide {
    var laterality: CodedEntry { self == .right ? Codes.SCT.right : Codes.SCT.left }
}
