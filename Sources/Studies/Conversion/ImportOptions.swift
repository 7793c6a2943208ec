import DICOM
import DICOMCore
public import Diagnosis

/// What a picture doesn't say of itself and a DICOM object has to.
public struct ImportOptions: Codable, Hashable, Sendable {
    /// The object to make.
    public enum Kind: String, Codable, CaseIterable, Sendable {
        /// Digital X-Ray Image, for presentation (PS3.3 A.26); wants the pixel spacing.
        case dx
        /// Computed Radiography Image (PS3.3 A.2).
        case cr
        /// Secondary Capture Image (PS3.3 A.8); the only one that takes colour.
        case sc
    }

    /// How the pixels are written. All are lossless.
    public enum Syntax: String, Codable, CaseIterable, Sendable {
        case explicitLittleEndian = "explicit"
        case jpegLossless = "jpeg-lossless"
        case jpegLS = "jpeg-ls"
        case rle

        var compression: DataSetBuilder.Compression? {
            switch self {
            case .explicitLittleEndian: nil
            case .jpegLossless: .jpegLossless
            case .jpegLS: .jpegLS
            case .rle: .rle
            }
        }
    }

    public var kind: Kind
    public var syntax: Syntax
    /// As PN (PS3.5 §6.2): `Family^Given`, and other scripts after `=`.
    public var patientName = ""
    public var patientID = ""
    /// DA.
    public var birthDate = ""
    /// `F`, `M`, `O` or empty.
    public var sex = ""
    /// AS, `045Y`.
    public var age = ""
    /// `PA`, `AP`, `LL`, …; empty when unknown.
    public var view = ""
    public var bodyPart = ""
    /// The kind's own where nil; Secondary Captures may say another.
    public var modality: String?
    /// DA and TM of the study, the series and the image.
    public var date = ""
    public var time = ""
    public var spacing: PixelSpacing?
    public var studyDescription = ""
    public var accessionNumber = ""
    /// Goes into every UID, so that two runs with different seeds make different objects.
    public var seed = ""
    /// Pictures with the same one go into one study; nil for a study per picture.
    public var studyName: String?

    public init(kind: Kind, syntax: Syntax = .explicitLittleEndian) {
        self.kind = kind
        self.syntax = syntax
    }

    var sopClass: SOPClass {
        switch kind {
        case .dx: .digitalXRayImageStorageForPresentation
        case .cr: .computedRadiographyImageStorage
        case .sc: .secondaryCaptureImageStorage
        }
    }

    /// - Throws: `StudiesError.invalidOption` for a value that no DICOM object may hold.
    public func check() throws {
        func demand(_ name: String, _ value: String, _ allowed: String, _ fits: Bool) throws {
            guard value.isEmpty || fits else {
                throw StudiesError.invalidOption(name: name, value: value, allowed: allowed)
            }
        }
        for (name, value) in [("birth date", birthDate), ("date", date)] {
            try demand(name, value, "a date as YYYYMMDD", DayCount(value) != nil)
        }
        let digits = time.allSatisfy { $0.isASCII && $0.isNumber }
        try demand("time", time, "a time as HHMMSS", digits && time.utf8.count == 6)
        try demand("sex", sex, "F, M or O", ["F", "M", "O"].contains(sex))
        let isAge = age.utf8.count == 4 && age.prefix(3).allSatisfy(\.isNumber) && "YMWD".contains(age.suffix(1))
        try demand("age", age, "an age as 045Y", isAge)
        for (name, value) in [("view", view), ("body part", bodyPart), ("modality", modality ?? "")] {
            try demand(name, value, "up to 16 capital letters, digits, spaces", Self.isCodeString(value))
        }
        try demand("patient id", patientID, "up to 64 characters without \\", Self.isLine(patientID, 64))
        try demand("accession number", accessionNumber, "up to 16 characters", Self.isLine(accessionNumber, 16))
        try demand("description", studyDescription, "up to 64 characters", Self.isLine(studyDescription, 64))
        let groups = patientName.split(separator: "=", omittingEmptySubsequences: false)
        let fits = groups.count <= 3 && groups.allSatisfy { Self.isLine(String($0), 64) }
        try demand("patient name", patientName, "Family^Given, each script up to 64 characters", fits)
        if let spacing {
            let fits = [spacing.row, spacing.column].allSatisfy { (1e-3...100).contains($0) }
            try demand("spacing", "\(spacing.row)", "0.001 to 100 mm", fits)
        } else if kind == .dx {
            throw StudiesError.invalidOption(
                name: "spacing", value: "", allowed: "the pixel spacing in mm, which DX demands, or make CR")
        }
    }

    private static func isCodeString(_ text: String) -> Bool {
        text.utf8.count <= 16
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: " ")
                    || byte == UInt8(ascii: "_")
            }
    }

    private static func isLine(_ text: String, _ length: Int) -> Bool {
        text.unicodeScalars.count <= length && !text.unicodeScalars.contains { $0 == "\\" || $0.value < 0x20 }
    }
}
