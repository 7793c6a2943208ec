import DICOM
import DICOMCore
import Diagnosis
public import Foundation
import Imaging
import Workflow

/// Makes DX, CR or SC objects of JPEG and PNG files. The same file and options give the same bytes: there is no clock
/// and no random UID in them.
public struct PictureImport: Sendable {
    public let options: ImportOptions
    /// Of Hilum, for the Contributing Equipment Sequence.
    public let softwareVersion: String

    /// - Throws: `StudiesError.invalidOption`.
    public init(_ options: ImportOptions, softwareVersion: String) throws {
        try options.check()
        self.options = options
        self.softwareVersion = softwareVersion
    }

    /// The object's Part 10 file.
    ///
    /// - Parameter number: Instance Number, from 1.
    /// - Throws: `ImagingError` when the file can't be read, `DICOMError` when no object can be made.
    public func object(of file: URL, number: Int = 1) throws -> [UInt8] {
        let source = try PictureSource(file, keepsColour: options.kind == .sc)
        let builder = try DataSetBuilder()
        try identify(source, number, in: builder)
        try describePatientAndStudy(in: builder)
        try describeEquipment(in: builder)
        switch options.kind {
        case .dx: try describeDX(in: builder)
        case .cr: try describeCR(in: builder)
        case .sc: try describeSC(in: builder)
        }
        try describeImage(source, in: builder)
        if let compression = options.syntax.compression {
            try builder.compress(compression)
            return try builder.part10(transferSyntax: compression.transferSyntax)
        }
        return try builder.part10()
    }

    private func identify(_ source: PictureSource, _ number: Int, in builder: DataSetBuilder) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let stated = Digest.sha256(try encoder.encode(options))
        let study = options.studyName ?? source.digest
        // The patient goes into the study's UID: one study can't belong to two.
        let studyKey = "import \(options.seed) \(options.patientID) \(options.patientName) \(study)"
        let objectKey = "import object \(stated) \(source.digest) \(number)"
        try builder.set(.specificCharacterSet, .text("ISO_IR 100"))
        try builder.set(.sopClassUID, .uid(options.sopClass.uid))
        try builder.set(.sopInstanceUID, .uid(DerivedUID.make(from: objectKey)))
        try builder.set(.studyInstanceUID, .uid(DerivedUID.make(from: "study \(studyKey)")))
        let series = "series \(options.kind.rawValue) \(options.modality ?? "") \(studyKey)"
        try builder.set(.seriesInstanceUID, .uid(DerivedUID.make(from: series)))
        try builder.set(
            .modality, .text(options.modality ?? (options.kind == .sc ? "OT" : options.kind.rawValue.uppercased())))
        try builder.set(.seriesNumber, .integer(1))
        try builder.set(.instanceNumber, .integer(number))
    }

    private func describePatientAndStudy(in builder: DataSetBuilder) throws {
        let texts: [(Tag, String)] = [
            (.patientName, options.patientName), (.patientID, options.patientID),
            (.patientBirthDate, options.birthDate), (.patientSex, options.sex), (.studyDate, options.date),
            (.studyTime, options.time), (.accessionNumber, options.accessionNumber),
            (.referringPhysicianName, ""), (.studyID, ""),
        ]
        for (tag, text) in texts { try builder.set(tag, text.isEmpty ? .empty : .text(text)) }
        let optional: [(Tag, String)] = [
            (.patientAge, options.age), (.studyDescription, options.studyDescription),
            (.seriesDate, options.date), (.seriesTime, options.time), (.contentDate, options.date),
            (.contentTime, options.time),
        ]
        for (tag, text) in optional where !text.isEmpty { try builder.set(tag, .text(text)) }
    }

    /// The equipment that took the image is unknown; Hilum only contributed, so it doesn't name itself as the
    /// manufacturer.
    private func describeEquipment(in builder: DataSetBuilder) throws {
        try builder.set(.manufacturer, .empty)
        let equipment = try builder.appendItem(to: .contributingEquipmentSequence)
        try equipment.set(.manufacturer, .text(Provenance.manufacturer))
        try equipment.set(.manufacturerModelName, .text("hilum convert"))
        try equipment.set(.softwareVersions, .text(softwareVersion))
        try equipment.appendCode("109103", "DCM", "Modifying Equipment", to: .purposeOfReferenceCodeSequence)
    }

    private func describeImage(_ source: PictureSource, in builder: DataSetBuilder) throws {
        try builder.set(.imageType, .texts(["DERIVED", options.kind == .sc ? "SECONDARY" : "PRIMARY"]))
        let reduction = source.isReduced ? ", its 16-bit samples scaled to 8 bits" : ""
        try builder.set(.derivationDescription, .text("Made from a \(source.format) picture\(reduction)"))
        try builder.set(.lossyImageCompression, .text(source.isLossy ? "01" : "00"))
        if source.isLossy {
            try builder.set(.lossyImageCompressionRatio, .number(source.compressionRatio))
            try builder.set(.lossyImageCompressionMethod, .text("ISO_10918_1"))
        }
        try builder.set(.patientOrientation, orientation)
        if let spacing = options.spacing {
            let tag = options.kind == .sc ? Tag.nominalScannedPixelSpacing : .imagerPixelSpacing
            try builder.set(tag, .numbers([spacing.row, spacing.column]))
        }
        try builder.set(.samplesPerPixel, .integer(source.samples))
        try builder.set(.photometricInterpretation, .text(source.samples == 3 ? "RGB" : "MONOCHROME2"))
        if source.samples == 3 { try builder.set(.planarConfiguration, .integer(0)) }
        try builder.set(.rows, .integer(source.height))
        try builder.set(.columns, .integer(source.width))
        try builder.set(.bitsAllocated, .integer(8))
        try builder.set(.bitsStored, .integer(8))
        try builder.set(.highBit, .integer(7))
        try builder.set(.pixelRepresentation, .integer(0))
        if source.samples == 1 {
            // LINEAR with these numbers is the identity (PS3.3 C.11.2.1.2.1).
            try builder.set(.windowCenter, .integer(128))
            try builder.set(.windowWidth, .integer(256))
        }
        let padding = source.pixels.count % 2 == 0 ? [] : [UInt8(0)]
        try builder.setPixelData(source.pixels + padding, bitsAllocated: 8)
    }

    /// Frontal views are taken to hang as radiologists hang them: the patient's left at the right.
    private var orientation: DataValue {
        if RadiographRules.isFrontal(options.view), !options.view.isEmpty { return .texts(["L", "F"]) }
        return options.kind == .dx ? .texts(["A", "F"]) : .empty
    }
}
