/// Why an image of a study is not analysed (method §7). `description` is what report and log say: it names no patient.
public enum NotChosenReason: Hashable, Sendable {
    /// Not a radiograph, CT or secondary capture; the modality as stated.
    case kindOfObject(String)
    case madeByHilum
    case noPixels
    /// The same SOP Instance UID came before.
    case repeated
    case secondaryCapture
    case view(String)
    case severalFrames(Int)
    /// Another image of the same exposure was chosen.
    case sameAcquisition
    case localizer
    case reformat
    case notAxial
    case noPosition
    /// Another slice of the series lies there.
    case samePosition
    /// Another stack of the same series is larger.
    case otherStack
    /// Another acquisition of the same series shows the same stretch of the patient.
    case otherAcquisition
    case tooFewSlices(Int)
    case otherBodyPart(String)
    case thickerSlices
    case otherKernel
    case otherSeries
    case undecodable(String)
}

extension NotChosenReason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .kindOfObject(let modality):
            "no radiograph or CT" + StatedTerm.suffix(modality)
        case .madeByHilum: "made by Hilum"
        case .noPixels: "holds no pixels"
        case .repeated: "the same object came twice"
        case .secondaryCapture: "secondary capture beside original images"
        case .view(let view): "not a frontal view" + StatedTerm.suffix(view)
        case .severalFrames(let count): "a radiograph of \(count) frames"
        case .sameAcquisition: "another version of the same exposure was chosen"
        case .localizer: "localizer"
        case .reformat: "reformatted"
        case .notAxial: "not axial"
        case .noPosition: "its slices have no position"
        case .samePosition: "another slice lies at the same position"
        case .otherStack: "another orientation or matrix than the series' larger part"
        case .otherAcquisition: "another acquisition of the same series was chosen"
        case .tooFewSlices(let count):
            "a series of \(count) axial \(count == 1 ? "slice" : "slices"), and \(CTRules.leastSlices) are needed"
        case .otherBodyPart(let part): "another body part\(StatedTerm.suffix(part)) than the chosen series"
        case .thickerSlices: "thicker slices than the chosen series"
        case .otherKernel: "not the lung kernel of the chosen series"
        case .otherSeries: "another series of the same kind was chosen"
        case .undecodable(let why): "can't be decoded: \(why)"
        }
    }
}
