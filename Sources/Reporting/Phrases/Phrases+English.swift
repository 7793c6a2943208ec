import DICOM
import Diagnosis

extension Phrases {
    static let english = Phrases(
        language: CodedEntry("en", "RFC5646", "English"),
        classNames: [
            .normal: "Normal", .lungOpacity: "Lung opacity", .viralPneumonia: "Suspected viral pneumonia",
            .covid19: "Suspected COVID-19", .nonCovid: "COVID-19 not suspected",
        ],
        review: "Review needed",
        triageNames: [.immediate: "immediate", .urgent: "urgent", .expedited: "expedited", .routine: "routine"],
        notTriaged: "not triaged",
        reasons: [
            .bodyPart: "the stated body part is not one the model was made for",
            .view: "the stated view is not one the model was made for",
            .age: "the patient's age is outside the model's claim",
            .notAChestRadiograph: "the image does not look like a frontal radiograph of the chest",
            .torn: "part of the image is noise; its data may be damaged",
            .inverted: "the grey levels look inverted",
            .turned: "the image looks turned",
            .mirrored: "the image looks mirrored, or the heart lies on the right",
            .sidesContradicted:
                "the stated right and left contradict the image: mirrored, other side, or heart on the right",
            .lungsNotFound: "lungs not found",
            .lungsImplausible: "the lungs found are not plausible",
            .lowProbability: "no class is probable enough",
            .lowAgreement: "parts of the image disagree about the class",
            .textureConflict: "texture contradicts the class",
            .outOfDistribution: "the image is unlike those the model knows",
            .noClassesForModality: "no classes for this modality in this bundle",
            .undecodable: "the image cannot be decoded",
            .notAnalysable: "no image of the study could be analysed; each is listed with its reason",
        ],
        qualityGrades: [.good: "good", .poor: "poor", .unusable: "unusable"],
        defects: [
            .undecodable: "it cannot be decoded", .torn: "part of it is noise",
            .fewGreyLevels: "few grey levels in the lungs", .clipped: "part of the lungs is black or white",
        ],
        noCTClasses: "no CT classes in this bundle",
        rightLung: "right lung", leftLung: "left lung",
        sentences: Sentences(
            subject: { "\($2 ? "CT series" : "Image") \($0) of \($1)\($3): " },
            classified: { "\($0), confidence \($1)." },
            reviewNeeded: { "Review by a radiologist is needed: \($0)." },
            triage: { "Triage level \($0) of 4 (\($1))." },
            notTriaged: "Not triaged: without a class nothing is said of its urgency.",
            revision: { "Revision \($0): it replaces the earlier report of this study." },
            superseded: {
                "Superseded on \($0) by revision \($1), whose results are in the series \($2). It no longer holds."
            },
            knows: { "The model tells apart only: \($0)." },
            normalMeans: "\"Normal\" here means none of the others; it says nothing of other diseases.",
            record: {
                """
                This model was right in \($1) of \($0) test images (95% interval \($2) to \($3)), and in \($5) of those that \
                it called "\($4)".
                """
            },
            activation: { "The class activation marks \($0) of the lungs; this is not an extent of disease." },
            lungVolume: { "Lung volume in the images \($0) mL." },
            slicesMissing: "Slices are missing in the lungs, so their volume is not given.",
            involvement: { "Of the lung volume, \($0) is as dense as lung with little air, vessels included." },
            noContour: "No lung contour could be drawn, so nothing was measured in it.",
            quality: { "Technical image quality: \($0) (\($1))." },
            lungFields: "Contours are the lungs as the network draws them.",
            sidesPresumed: "An image does not state its sides; right and left are presumed.",
            notChosen: {
                $0 == 1
                    ? "1 image of the study was not analysed; it is listed with the reason."
                    : "\($0) images of the study were not analysed; they are listed with the reason."
            },
            algorithm: { "Made by Hilum with bundle \($0), version \($1)." },
            researchUse: "Research use, not a diagnosis, not for de-prioritising."),
        picture: PictureWords(
            confidence: "Confidence", probabilities: "Probability of each class", triage: "Triage level",
            reasons: "Reasons for review", activation: "Activation", noActivation: "No activation map",
            noProbabilities: "The classifier did not run", noLungs: "No lung contours",
            activationShare: "Activation, share of the lungs", agreementOfPatches: "Agreement of patches",
            agreementOfSlices: "Agreement of slices",
            lungArea: "Lung area", lungVolume: "Lung volume", slicesMissing: "slices missing",
            involvement: "Dense lung, share of volume",
            quality: "Image quality",
            cleanImage: "Image without marks", mostUrgent: { "Most urgent of the study: image \($0), \($1)" },
            sidesUnknown: "sides not stated", sidesPresumed: "sides not stated; right and left are presumed",
            notAnalysed: "Not analysed", born: "born", revision: "revision", made: "made", noName: "Name not stated",
            research: "RESEARCH USE - NOT A DIAGNOSIS",
            shareOfImage: { "\($0) of the image" },
            image: { "Image \($0) of \($1)" }, slice: { "Slice \($0) of \($1)" }))
}
