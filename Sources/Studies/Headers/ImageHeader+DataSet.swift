import DICOM
import DICOMCore
import Diagnosis
import Foundation
import Workflow

extension ImageHeader {
    /// Nil when the object lacks one of the UIDs that every composite object has (PS3.3 C.12.1, C.7.2, C.7.3).
    init?(_ dataSet: DataSet, file: URL) {
        guard let sopClassUID = dataSet.sopClassUID, let sopInstanceUID = dataSet.sopInstanceUID,
            let studyInstanceUID = dataSet.studyInstanceUID, let seriesInstanceUID = dataSet.seriesInstanceUID
        else { return nil }
        let image = try? dataSet.image
        self.init(
            file: file, sopClassUID: sopClassUID, sopInstanceUID: sopInstanceUID, studyInstanceUID: studyInstanceUID,
            seriesInstanceUID: seriesInstanceUID, modality: dataSet.code(.modality),
            seriesNumber: dataSet.integer(.seriesNumber), instanceNumber: dataSet.integer(.instanceNumber),
            seriesDescription: dataSet.string(.seriesDescription) ?? "",
            imageType: dataSet.strings(.imageType).map { $0.uppercased() },
            rows: image?.rows ?? dataSet.integer(.rows) ?? 0,
            columns: image?.columns ?? dataSet.integer(.columns) ?? 0,
            frames: min(image?.frames ?? 1, 1 << 20), samplesPerPixel: image?.samples ?? 1,
            spacing: PixelSpacing(dataSet),
            rowDirection: dataSet.string(.patientOrientation).map { String($0.prefix(1)) },
            stated: StatedFacts(dataSet), acquisition: Acquisition(dataSet),
            manufacturer: dataSet.string(.manufacturer) ?? "", deviceUID: dataSet.uid(.deviceUID),
            hasPixels: Self.pixelElements.contains { dataSet.contains($0) })
        if imageKind == .ct {
            let facts = SliceFacts(dataSet)
            slice = facts
            if facts.orientation.count == 6 { rowDirection = Self.direction(facts.orientation) }
        }
        stated.isMirrored = rowDirection == "R"
        stated.namesSides = rowDirection == "R" || rowDirection == "L"
    }

    /// Where a row goes on, by the axis that it is nearest to (PS3.3 C.7.6.2.1.1).
    private static func direction(_ orientation: [Double]) -> String {
        let (x, y) = (orientation[0], orientation[1])
        return abs(x) >= abs(y) ? (x < 0 ? "R" : "L") : (y < 0 ? "A" : "P")
    }

    /// Pixel data as integers, floats and doubles (PS3.3 C.7.6.3, C.7.6.24).
    private static let pixelElements = [Tag.pixelData, Tag(0x7FE0, 0x0008), Tag(0x7FE0, 0x0009)]
}

extension StatedFacts {
    init(_ dataSet: DataSet) {
        self.init(
            bodyPart: dataSet.stated(.bodyPartExamined), view: dataSet.stated(.viewPosition) ?? Self.codedView(dataSet),
            age: Self.age(dataSet),
            laterality: [Tag.imageLaterality, .laterality].lazy.compactMap { Self.sides[dataSet.code($0)] }.first)
    }

    /// Image Laterality (0020,0062) and Laterality (0020,0060); both sides and none are no statement.
    private static let sides = ["R": LungSide.right, "L": .left]

    /// View Code Sequence (0054,0220), CID 4010, in the codes of SNOMED's two generations.
    private static func codedView(_ dataSet: DataSet) -> String? {
        dataSet.sequence(.viewCodeSequence).first?.string(.codeValue).flatMap { views[$0] }
    }

    private static let views = [
        "399348003": "AP", "R-10206": "AP", "272479007": "PA", "R-10214": "PA", "R-40888": "PA",
        "399173006": "LL", "R-10236": "LL", "399198007": "RL", "R-10232": "RL",
        "399067008": "LATERAL", "R-102CD": "LATERAL",
    ]

    /// Years, from Patient's Age (0010,1010), else from birth and study date.
    private static func age(_ dataSet: DataSet) -> Double? {
        if let text = dataSet.string(.patientAge), let unit = text.last, let number = Double(text.dropLast()) {
            let perYear: [Character: Double] = ["Y": 1, "M": 12, "W": 365.25 / 7, "D": 365.25]
            if let divisor = perYear[unit] { return number / divisor }
        }
        guard let birth = DayCount(dataSet.string(.patientBirthDate)),
            let study = DayCount(dataSet.string(.studyDate)), study.days >= birth.days
        else { return nil }
        return Double(study.days - birth.days) / 365.25
    }
}

/// A date (VR DA) as a count of days, good for differences.
struct DayCount {
    let days: Int

    init?(_ text: String?) {
        guard let text, text.utf8.count == 8, let number = Int(text), number > 0 else { return nil }
        let (year, month, day) = (number / 10000, number / 100 % 100, number % 100)
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Counting from March puts the leap day at the year's end.
        let shifted = (month + 9) % 12
        let years = month > 2 ? year : year - 1
        days = 365 * years + years / 4 - years / 100 + years / 400 + (shifted * 306 + 5) / 10 + day
    }
}

extension PixelSpacing {
    /// Pixel Spacing, else that at the detector; nil where both are absent or nonsense.
    init?(_ dataSet: DataSet) {
        let tags: [Tag] = [.pixelSpacing, .imagerPixelSpacing, .nominalScannedPixelSpacing]
        let groups = dataSet.sequence(.sharedFunctionalGroups).first?.sequence(.pixelMeasuresSequence) ?? []
        for source in groups + [dataSet] {
            for tag in tags {
                let values = source.doubles(tag)
                guard values.count == 2, values.allSatisfy({ (1e-4...100).contains($0) }) else { continue }
                self.init(row: values[0], column: values[1])
                return
            }
        }
        return nil
    }
}

extension ImageHeader.Acquisition {
    init(_ dataSet: DataSet) {
        let date = dataSet.string(.acquisitionDate) ?? ""
        let time = dataSet.string(.acquisitionTime) ?? ""
        let joined = dataSet.string(.acquisitionDateTime)
        self.init(
            eventUIDs: [Tag.irradiationEventUID, .acquisitionUID].flatMap { dataSet.strings($0) }.compactMap {
                UID($0)
            },
            sourceUIDs: dataSet.sequence(.sourceImageSequence).compactMap { $0.uid(.referencedSOPInstanceUID) },
            moment: joined ?? (date.isEmpty || time.isEmpty ? "" : date + time),
            derivation: ([.derivationDescription, .processingDescription].map { dataSet.code($0) }
                + dataSet.sequence(.derivationCodeSequence).map { $0.code(.codeMeaning) }).joined(separator: " "),
            number: dataSet.integer(.acquisitionNumber),
            isForProcessing: dataSet.sopClassUID == SOPClass.digitalXRayImageStorageForProcessing.uid
                || dataSet.code(.presentationIntentType) == "FOR PROCESSING")
    }
}

extension ImageHeader.SliceFacts {
    /// Of enhanced CT the first frame's groups stand for all.
    init(_ dataSet: DataSet) {
        let groups = [
            dataSet.sequence(.perFrameFunctionalGroups).first, dataSet.sequence(.sharedFunctionalGroups).first,
        ]
        .compactMap { $0 }
        func values(_ sequence: Tag, _ tag: Tag) -> [Double] {
            let nested = groups.flatMap { $0.sequence(sequence) }.map { $0.doubles(tag) }.first { !$0.isEmpty }
            return nested ?? dataSet.doubles(tag)
        }
        let kernel = groups.flatMap { $0.sequence(.ctReconstructionSequence) }.first ?? dataSet
        self.init(
            orientation: values(.planeOrientationSequence, .imageOrientationPatient),
            position: values(.planePositionSequence, .imagePositionPatient),
            thickness: values(.pixelMeasuresSequence, .sliceThickness).first.flatMap { $0 > 0 ? $0 : nil },
            kernel: kernel.strings(.convolutionKernel).joined(separator: " "))
    }
}

extension DataSet {
    /// A code string, upper case, empty when absent.
    func code(_ tag: Tag) -> String { string(tag)?.uppercased() ?? "" }

    /// A code string, upper case; nil when absent or empty, which means unknown (method §7).
    func stated(_ tag: Tag) -> String? {
        let text = code(tag)
        return text.isEmpty || text == "UNKNOWN" ? nil : text
    }
}

extension Tag {
    static let studyDate = Tag(0x0008, 0x0020)
    static let acquisitionUID = Tag(0x0008, 0x0017)
    static let acquisitionDate = Tag(0x0008, 0x0022)
    static let acquisitionDateTime = Tag(0x0008, 0x002A)
    static let acquisitionTime = Tag(0x0008, 0x0032)
    static let presentationIntentType = Tag(0x0008, 0x0068)
    static let codeValue = Tag(0x0008, 0x0100)
    static let derivationCodeSequence = Tag(0x0008, 0x9215)
    static let processingDescription = Tag(0x0018, 0x1400)
    static let seriesDescription = Tag(0x0008, 0x103E)
    static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    static let sourceImageSequence = Tag(0x0008, 0x2112)
    static let irradiationEventUID = Tag(0x0008, 0x3010)
    static let patientBirthDate = Tag(0x0010, 0x0030)
    static let patientAge = Tag(0x0010, 0x1010)
    static let sliceThickness = Tag(0x0018, 0x0050)
    static let imagerPixelSpacing = Tag(0x0018, 0x1164)
    static let convolutionKernel = Tag(0x0018, 0x1210)
    static let nominalScannedPixelSpacing = Tag(0x0018, 0x2010)
    static let ctReconstructionSequence = Tag(0x0018, 0x9314)
    static let acquisitionNumber = Tag(0x0020, 0x0012)
    static let imagePositionPatient = Tag(0x0020, 0x0032)
    static let imageOrientationPatient = Tag(0x0020, 0x0037)
    static let patientOrientation = Tag(0x0020, 0x0020)
    static let planePositionSequence = Tag(0x0020, 0x9113)
    static let planeOrientationSequence = Tag(0x0020, 0x9116)
    static let pixelSpacing = Tag(0x0028, 0x0030)
    static let pixelMeasuresSequence = Tag(0x0028, 0x9110)
    static let pixelPaddingValue = Tag(0x0028, 0x0120)
    static let viewCodeSequence = Tag(0x0054, 0x0220)
    static let sharedFunctionalGroups = Tag(0x5200, 0x9229)
    static let perFrameFunctionalGroups = Tag(0x5200, 0x9230)
}
