import DICOM
import DICOMCore

extension PictureImport {
    /// DX Series, Anatomy Imaged, Image, Detector and Positioning modules (PS3.3 C.8.11).
    func describeDX(in builder: DataSetBuilder) throws {
        try builder.set(.presentationIntentType, .text("FOR PRESENTATION"))
        try builder.set(.imageLaterality, .text("U"))
        try builder.set(.bodyPartExamined, options.bodyPart.isEmpty ? .empty : .text(options.bodyPart))
        if BodyPart.mayHoldLungs(options.bodyPart), !options.bodyPart.isEmpty {
            try builder.appendCode("51185008", "SCT", "Thorax", to: .anatomicRegionSequence)
        } else {
            try builder.set(.anatomicRegionSequence, .empty, vr: "SQ")
        }
        try builder.set(.pixelIntensityRelationship, .text("LOG"))
        try builder.set(.pixelIntensityRelationshipSign, .integer(-1))
        try builder.set(.rescaleIntercept, .integer(0))
        try builder.set(.rescaleSlope, .integer(1))
        try builder.set(.rescaleType, .text("US"))
        try builder.set(.presentationLUTShape, .text("IDENTITY"))
        try builder.set(.burnedInAnnotation, .text("NO"))
        try builder.set(.acquisitionContextSequence, .empty, vr: "SQ")
        try builder.set(.detectorType, .empty)
        try builder.set(.positionerType, .empty)
        if !options.view.isEmpty { try builder.set(.viewPosition, .text(options.view)) }
        try describeViewCode(in: builder)
    }

    private func describeViewCode(in builder: DataSetBuilder) throws {
        let code: (value: String, meaning: String)? =
            switch options.view {
            case "PA": ("272479007", "postero-anterior")
            case "AP": ("399348003", "antero-posterior")
            case "LL": ("399173006", "left lateral")
            case "RL": ("399198007", "right lateral")
            default: nil
            }
        guard let code else { return }
        let item = try builder.appendCode(code.value, "SCT", code.meaning, to: .viewCodeSequence)
        try item.set(.viewModifierCodeSequence, .empty, vr: "SQ")
    }

    /// SC Equipment module (PS3.3 C.8.6.1): a workstation made it.
    func describeSC(in builder: DataSetBuilder) throws {
        try builder.set(.conversionType, .text("WSD"))
        // Where no body part rules out a paired one, Laterality is there, empty (PS3.3 C.7.3.1).
        try options.bodyPart.isEmpty
            ? builder.set(.laterality, .empty) : builder.set(.bodyPartExamined, .text(options.bodyPart))
    }

    /// CR Series module (PS3.3 C.8.1.1).
    func describeCR(in builder: DataSetBuilder) throws {
        try builder.set(.bodyPartExamined, options.bodyPart.isEmpty ? .empty : .text(options.bodyPart))
        try builder.set(.viewPosition, options.view.isEmpty ? .empty : .text(options.view))
        if options.bodyPart.isEmpty { try builder.set(.laterality, .empty) }
    }
}

extension DataSetBuilder {
    /// A new item with a code (PS3.3 §8).
    @discardableResult
    func appendCode(
        _ value: String, _ scheme: String, _ meaning: String, to sequence: Tag
    ) throws(DICOMError) -> DataSetBuilder {
        let item = try appendItem(to: sequence)
        try item.set(.codeValue, .text(value))
        try item.set(.codingSchemeDesignator, .text(scheme))
        try item.set(.codeMeaning, .text(meaning))
        return item
    }
}

extension Tag {
    static let studyTime = Tag(0x0008, 0x0030)
    static let seriesDate = Tag(0x0008, 0x0021)
    static let seriesTime = Tag(0x0008, 0x0031)
    static let contentDate = Tag(0x0008, 0x0023)
    static let contentTime = Tag(0x0008, 0x0033)
    static let accessionNumber = Tag(0x0008, 0x0050)
    static let conversionType = Tag(0x0008, 0x0064)
    static let referringPhysicianName = Tag(0x0008, 0x0090)
    static let codingSchemeDesignator = Tag(0x0008, 0x0102)
    static let codeMeaning = Tag(0x0008, 0x0104)
    static let studyDescription = Tag(0x0008, 0x1030)
    static let derivationDescription = Tag(0x0008, 0x2111)
    static let anatomicRegionSequence = Tag(0x0008, 0x2218)
    static let patientName = Tag(0x0010, 0x0010)
    static let patientID = Tag(0x0010, 0x0020)
    static let issuerOfPatientID = Tag(0x0010, 0x0021)
    static let patientSex = Tag(0x0010, 0x0040)
    static let positionerType = Tag(0x0018, 0x1508)
    static let detectorType = Tag(0x0018, 0x7004)
    static let contributingEquipmentSequence = Tag(0x0018, 0xA001)
    static let studyID = Tag(0x0020, 0x0010)
    static let laterality = Tag(0x0020, 0x0060)
    static let imageLaterality = Tag(0x0020, 0x0062)
    static let samplesPerPixel = Tag(0x0028, 0x0002)
    static let photometricInterpretation = Tag(0x0028, 0x0004)
    static let planarConfiguration = Tag(0x0028, 0x0006)
    static let bitsAllocated = Tag(0x0028, 0x0100)
    static let bitsStored = Tag(0x0028, 0x0101)
    static let highBit = Tag(0x0028, 0x0102)
    static let pixelRepresentation = Tag(0x0028, 0x0103)
    static let burnedInAnnotation = Tag(0x0028, 0x0301)
    static let pixelIntensityRelationship = Tag(0x0028, 0x1040)
    static let pixelIntensityRelationshipSign = Tag(0x0028, 0x1041)
    static let windowCenter = Tag(0x0028, 0x1050)
    static let windowWidth = Tag(0x0028, 0x1051)
    static let rescaleIntercept = Tag(0x0028, 0x1052)
    static let rescaleSlope = Tag(0x0028, 0x1053)
    static let rescaleType = Tag(0x0028, 0x1054)
    static let lossyImageCompression = Tag(0x0028, 0x2110)
    static let lossyImageCompressionRatio = Tag(0x0028, 0x2112)
    static let lossyImageCompressionMethod = Tag(0x0028, 0x2114)
    static let acquisitionContextSequence = Tag(0x0040, 0x0555)
    static let purposeOfReferenceCodeSequence = Tag(0x0040, 0xA170)
    static let viewModifierCodeSequence = Tag(0x0054, 0x0222)
    static let presentationLUTShape = Tag(0x2050, 0x0020)
}
