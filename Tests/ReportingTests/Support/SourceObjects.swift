import DICOM
import DICOMCore

/// What a source object says of patient and study.
struct SourceText: Sendable {
    var characterSet = ""
    var name: String? = "Mustermann^Erika^^Dr."
    /// Instead of `name`, in bytes of the character set.
    var nameBytes: [UInt8]?
    var id: String? = "HILUM-0001"
    var birthDate: String? = "19561231"
    var sex: String? = "F"
    var description: String? = "Chest PA"
    var accession: String? = "ACC-42"
    var isRequested = false
    var timezone: String?
}

/// Small objects as a modality would send them.
enum SourceObjects {
    static func instance(_ series: UID, _ number: String) -> UID { UID("\(series).\(number)") ?? series }

    static func radiograph(_ text: SourceText = SourceText(), number: String = "1") throws -> [UInt8] {
        let builder = try DataSetBuilder()
        try addStudy(text, to: builder)
        try builder.set(.sopClassUID, .uid(Samples.dxClass))
        try builder.set(.sopInstanceUID, .uid(instance(Samples.seriesDX, number)))
        try builder.set(.seriesInstanceUID, .uid(Samples.seriesDX))
        try builder.set(.modality, .text("DX"))
        try builder.set(.seriesNumber, .text("1"))
        try builder.set(.instanceNumber, .text(number))
        try builder.set(.bodyPartExamined, .text("CHEST"))
        try addPixels(rows: 14, columns: 12, to: builder)
        return try builder.part10()
    }

    static func slice(_ text: SourceText = SourceText(), number: Int) throws -> [UInt8] {
        let builder = try DataSetBuilder()
        try addStudy(text, to: builder)
        try builder.set(.sopClassUID, .uid(Samples.ctClass))
        try builder.set(.sopInstanceUID, .uid(instance(Samples.seriesCT, "\(number)")))
        try builder.set(.seriesInstanceUID, .uid(Samples.seriesCT))
        try builder.set(.modality, .text("CT"))
        try builder.set(.seriesNumber, .text("2"))
        try builder.set(.instanceNumber, .integer(number))
        try addPixels(rows: 8, columns: 8, to: builder)
        return try builder.part10()
    }

    private static func addStudy(_ text: SourceText, to builder: DataSetBuilder) throws {
        if !text.characterSet.isEmpty {
            let terms = text.characterSet.split(separator: "\\", omittingEmptySubsequences: false).map(String.init)
            try builder.set(.specificCharacterSet, .texts(terms))
        }
        try builder.set(.studyInstanceUID, .uid(Samples.study))
        let values: [(Tag, String?)] = [
            (Tag(0x0010, 0x0010), text.name), (Tag(0x0010, 0x0020), text.id), (Tag(0x0010, 0x0030), text.birthDate),
            (Tag(0x0010, 0x0040), text.sex), (Tag(0x0008, 0x1030), text.description),
            (Tag(0x0008, 0x0050), text.accession), (Tag(0x0008, 0x0020), "20261120"), (Tag(0x0008, 0x0030), "101500"),
            (Tag(0x0020, 0x0010), "STUDY1"), (Tag(0x0008, 0x0090), ""), (Tag(0x0008, 0x0201), text.timezone),
        ]
        for case (let tag, let value?) in values { try builder.set(tag, .text(value)) }
        if let bytes = text.nameBytes { try builder.set(Tag(0x0010, 0x0010), .bytes(bytes)) }
        guard text.isRequested else { return }
        let request = try builder.appendItem(to: Tag(0x0040, 0x0275))
        try request.set(Tag(0x0040, 0x1001), .text("RP-7"))
        let code = try request.appendItem(to: Tag(0x0032, 0x1064))
        try code.set(Tag(0x0008, 0x0100), .text("399208008"))
        try code.set(Tag(0x0008, 0x0102), .text("SCT"))
        try code.set(Tag(0x0008, 0x0104), .text("Plain chest X-ray"))
    }

    private static func addPixels(rows: Int, columns: Int, to builder: DataSetBuilder) throws {
        let values: [(Tag, Int)] = [
            (Tag(0x0028, 0x0002), 1), (.rows, rows), (.columns, columns), (Tag(0x0028, 0x0100), 16),
            (Tag(0x0028, 0x0101), 12), (Tag(0x0028, 0x0102), 11), (Tag(0x0028, 0x0103), 0),
        ]
        for (tag, value) in values { try builder.set(tag, .integer(value)) }
        try builder.set(Tag(0x0028, 0x0004), .text("MONOCHROME2"))
        try builder.setPixelData([UInt8](repeating: 7, count: 2 * rows * columns), bitsAllocated: 16)
    }
}
