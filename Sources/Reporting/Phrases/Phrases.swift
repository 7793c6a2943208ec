import DICOM
import Diagnosis

/// The sentences of reports and pictures in one language. All characters are in ISO 8859-1, so that a report in any of
/// the languages fits into a study of character set ISO_IR 100.
struct Phrases: Sendable {
    /// RFC 5646 tag and its English name, for TID 1204.
    let language: CodedEntry
    let classNames: [FindingClass: String]
    let review: String
    let triageNames: [TriageLevel: String]
    /// In the place of a level's name.
    let notTriaged: String
    let reasons: [ReviewReason: String]
    /// Technical quality of an image (PS3.16 CID 3114).
    let qualityGrades: [ImageQuality.Grade: String]
    let defects: [ImageQuality.Defect: String]
    /// `no_classes_for_modality` on CT, said plainly.
    let noCTClasses: String
    let rightLung: String
    let leftLung: String
    let sentences: Sentences
    let picture: PictureWords

    /// Whole sentences of the conclusion; each takes its figures as text.
    struct Sentences: Sendable {
        /// `label`: what people know it by, in parentheses after a space, or nothing.
        let subject: @Sendable (_ number: Int, _ count: Int, _ isCT: Bool, _ label: String) -> String
        let classified: @Sendable (_ name: String, _ percent: String) -> String
        let reviewNeeded: @Sendable (_ reasons: String) -> String
        let triage: @Sendable (_ level: Int, _ name: String) -> String
        let notTriaged: String
        /// That a report replaces an earlier one.
        let revision: @Sendable (_ number: Int) -> String
        /// Of an earlier result: what took its place.
        let superseded: @Sendable (_ moment: String, _ revision: Int, _ series: String) -> String
        /// The only answers there are.
        let knows: @Sendable (_ names: String) -> String
        /// What the answer `normal` leaves open.
        let normalMeans: String
        /// How often the bundle was right, of all its test images and of those that it called so.
        let record:
            @Sendable (_ images: Int, _ all: String, _ low: String, _ high: String, _ name: String, _ own: String)
                -> String
        let activation: @Sendable (_ percent: String) -> String
        let lungVolume: @Sendable (_ millilitres: String) -> String
        let slicesMissing: String
        let involvement: @Sendable (_ percent: String) -> String
        let noContour: String
        let quality: @Sendable (_ grade: String, _ defects: String) -> String
        let lungFields: String
        /// No image says which side is which.
        let sidesPresumed: String
        let notChosen: @Sendable (_ count: Int) -> String
        let algorithm: @Sendable (_ name: String, _ version: String) -> String
        let researchUse: String
    }

    /// The words on the picture.
    struct PictureWords: Sendable {
        let confidence: String
        let probabilities: String
        let triage: String
        let reasons: String
        let activation: String
        let noActivation: String
        let noProbabilities: String
        let noLungs: String
        let activationShare: String
        let agreementOfPatches: String
        let agreementOfSlices: String
        let lungArea: String
        let lungVolume: String
        let slicesMissing: String
        let involvement: String
        let quality: String
        let cleanImage: String
        /// Of several images.
        let mostUrgent: @Sendable (_ image: Int, _ name: String) -> String
        let sidesUnknown: String
        /// The same where lungs are drawn, which are called right and left.
        let sidesPresumed: String
        /// Above the images of the study that were left out.
        let notAnalysed: String
        let born: String
        let revision: String
        let made: String
        let noName: String
        let research: String
        let shareOfImage: @Sendable (_ percent: String) -> String
        let image: @Sendable (_ number: Int, _ count: Int) -> String
        let slice: @Sendable (_ number: Int, _ count: Int) -> String
    }
}

/// The languages of reports.
public enum ReportLanguage {
    /// RFC 5646 tags; the first one answers for those that are missing.
    public static let all = ["en", "de", "fr", "es"]
}

extension Phrases {
    /// The phrases for an RFC 5646 tag, by its primary language; English where there are none.
    static func of(_ tag: String) -> Phrases {
        switch tag.lowercased().prefix(while: { $0 != "-" && $0 != "_" }) {
        case "de": german
        case "es": spanish
        case "fr": french
        default: english
        }
    }

    func name(of outcome: Outcome) -> String {
        switch outcome {
        case .classified(let name): self.name(of: name)
        case .review: review
        }
    }

    func name(of name: FindingClass) -> String { classNames[name] ?? name.rawValue }
    func name(of level: TriageLevel?) -> String { level.map { triageNames[$0] ?? "" } ?? notTriaged }
    func name(of side: LungSide) -> String { side == .right ? rightLung : leftLung }

    func text(of reason: ReviewReason, for kind: ImageKind) -> String {
        if reason == .noClassesForModality, kind == .ct { return noCTClasses }
        return reasons[reason] ?? reason.rawValue
    }
}
