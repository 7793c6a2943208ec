import DICOM
import DICOMCore

/// Small objects made by the builder under test; `dciodvfy` judges them in `DataSetBuilderTests`.
enum TestObject {
    static func secondaryCapture(
        rows: Int, columns: Int, samples: Int = 1, bitsAllocated: Int, bitsStored: Int, highBit: Int? = nil,
        isSigned: Bool = false, photometric: PhotometricInterpretation = .monochrome2
    ) throws -> DataSetBuilder {
        let builder = try DataSetBuilder()
        try builder.set(.sopClassUID, .uid(UID(known: "1.2.840.10008.5.1.4.1.1.7")))
        try builder.set(.sopInstanceUID, .uid(UID(known: "1.2.826.0.1.3680043.10.9999.1")))
        try builder.set(.studyInstanceUID, .uid(UID(known: "1.2.826.0.1.3680043.10.9999.2")))
        try builder.set(.seriesInstanceUID, .uid(UID(known: "1.2.826.0.1.3680043.10.9999.3")))
        try builder.set(.modality, .text("OT"))
        try builder.set(Tag(0x0008, 0x0064), .text("WSD"))
        try builder.set(Tag(0x0010, 0x0010), .text("Nobody^Known"))
        for tag in [
            Tag(0x0010, 0x0020), Tag(0x0010, 0x0030), Tag(0x0010, 0x0040), Tag(0x0008, 0x0020), Tag(0x0008, 0x0030),
            Tag(0x0008, 0x0050), Tag(0x0008, 0x0090), Tag(0x0020, 0x0010), Tag(0x0020, 0x0011), Tag(0x0020, 0x0020),
            Tag(0x0020, 0x0060),
        ] { try builder.set(tag, .empty) }
        try builder.set(Tag(0x0020, 0x0013), .integer(1))
        try builder.set(Tag(0x0028, 0x0002), .integer(samples))
        try builder.set(Tag(0x0028, 0x0004), .text(photometric.rawValue))
        if samples > 1 { try builder.set(Tag(0x0028, 0x0006), .integer(0)) }
        try builder.set(Tag(0x0028, 0x0010), .integer(rows))
        try builder.set(Tag(0x0028, 0x0011), .integer(columns))
        try builder.set(Tag(0x0028, 0x0100), .integer(bitsAllocated))
        try builder.set(Tag(0x0028, 0x0101), .integer(bitsStored))
        try builder.set(Tag(0x0028, 0x0102), .integer(highBit ?? bitsStored - 1))
        try builder.set(Tag(0x0028, 0x0103), .integer(isSigned ? 1 : 0))
        return builder
    }

    /// Every value of 12 bits once, in 64 x 64 pixels.
    static func ramp(isSigned: Bool = false, photometric: PhotometricInterpretation = .monochrome2) throws
        -> DataSetBuilder
    {
        let builder = try secondaryCapture(
            rows: 64, columns: 64, bitsAllocated: 16, bitsStored: 12, isSigned: isSigned, photometric: photometric)
        let values = (0..<4096).map { isSigned ? UInt16(bitPattern: Int16($0 - 2048)) : UInt16($0) }
        try builder.setPixelData(values.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }, bitsAllocated: 16)
        return builder
    }
}
