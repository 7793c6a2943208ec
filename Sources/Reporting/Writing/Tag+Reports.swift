import DICOMCore

/// Attributes that result objects hold, by their keywords of PS3.6.
extension Tag {
    static let codeValue = Tag(0x0008, 0x0100)
    static let codingSchemeDesignator = Tag(0x0008, 0x0102)
    static let codeMeaning = Tag(0x0008, 0x0104)
    static let procedureCodeSequence = Tag(0x0008, 0x1032)
    static let requestedProcedureCodeSequence = Tag(0x0032, 0x1064)
    static let requestAttributesSequence = Tag(0x0040, 0x0275)
    static let referencedSeriesSequence = Tag(0x0008, 0x1115)
    static let referencedSOPSequence = Tag(0x0008, 0x1199)
    static let referencedSOPClassUID = Tag(0x0008, 0x1150)
    static let referencedSOPInstanceUID = Tag(0x0008, 0x1155)
    static let predecessorDocumentsSequence = Tag(0x0040, 0xA360)
}
