/// A coded value of a header in a sentence that is logged. Some devices and people write names where codes belong, so only
/// words that DICOM, or anatomy, has for it are repeated.
enum StatedTerm {
    /// ` (LL)` for a known term, nothing for anything else.
    static func suffix(_ value: String) -> String {
        let words = value.uppercased().split { !$0.isLetter }
        let isKnown = !words.isEmpty && value.allSatisfy { $0.isASCII && !$0.isNumber } && words.allSatisfy(isTerm)
        return isKnown ? " (\(value))" : ""
    }

    private static func isTerm(_ word: Substring) -> Bool { terms.contains(word) }

    private static let terms = Set([modalities, views, bodyParts].flatMap { $0.split(whereSeparator: \.isWhitespace) })

    /// PS3.3 C.7.3.1.1.1.
    private static let modalities = """
        ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DG DMS DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS
        KER KO LEN LS MG MR NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE
        RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL
        XC
        """
    /// View Position (PS3.3 C.8.1.1, C.8.11.5), and what is written instead.
    private static let views = """
        AP PA LL RL RLD LLD RLO LLO LAO RAO LPO RPO LAT LATERAL LEFT RIGHT OBL OBLIQUE DECUBITUS SUPINE PRONE ERECT UPRIGHT
        STANDING SITTING AXIAL TANGENTIAL LORDOTIC
        """
    /// Of PS3.16 Annex L.
    private static let bodyParts = """
        ABDOMEN ANKLE AORTA ARM BRAIN BREAST CALCANEUS CHEST CLAVICLE COCCYX CSPINE ELBOW EXTREMITY EYE FEMUR FINGER FOOT
        FOREARM HAND HEAD HEART HIP HUMERUS JAW KIDNEY KNEE LEG LIVER LSPINE MAXILLA NECK NOSE ORBIT PANCREAS PELVIS RIB
        SACRUM SCAPULA SHOULDER SKULL SPINE SPLEEN STERNUM THIGH THORAX TIBIA TOE TSPINE WRIST
        """
}
