import DICOM
import DICOMCore
import Diagnosis
import Foundation
import HilumTesting
import Imaging
import Reporting

@testable import Studies

/// What several suites build on.
enum Sample {
    static let samples = Workplace.root.appending(path: "SampleStudies")
    static let bundle = Workplace.root.appending(path: "Models/starting")
    static let device = UID(known: "2.25.1234567")

    static func radiograph(_ name: String) -> URL { samples.appending(path: "cxr-\(name)/image.dcm") }

    /// The first slices of the phantom.
    static func phantom(slices: Range<Int>) -> [URL] {
        slices.map {
            let number = String($0)
            return samples.appending(
                path: "ct-phantom/slice-\(String(repeating: "0", count: 3 - number.count))\(number).dcm")
        }
    }

    /// One for all suites: loading its weights takes longer than most tests.
    static let analyzer: StudyAnalyzer? = try? StudyAnalyzer(bundle: ModelBundle.load(from: bundle), threads: 2)

    static let defaultAnalyzer: StudyAnalyzer? = try? StudyAnalyzer(
        bundle: ModelBundle.load(from: Workplace.root.appending(path: "Models/default")), threads: 2)

    static func identity(_ analyzer: StudyAnalyzer, study: String = "1.2.3", seconds: Double = 1_700_000_000)
        -> JobIdentity
    {
        JobIdentity(
            key: analyzer.jobKey(study: UID(study)!, objectDigests: ["00"]),
            date: Date(timeIntervalSince1970: seconds), deviceUID: device, softwareVersion: "test")
    }

    /// A small picture with every grey level.
    static let ramp = GreyPlane(width: 32, height: 24, pixels: (0..<768).map { UInt8(truncatingIfNeeded: $0 / 3) })

    static func write(_ plane: GreyPlane, _ name: String, in folder: URL) throws -> URL {
        let file = folder.appending(path: name)
        try ImageFile.writePNG(plane, to: file.path)
        return file
    }

    static func object(_ picture: URL, _ options: ImportOptions) throws -> [UInt8] {
        try PictureImport(options, softwareVersion: "test").object(of: picture)
    }

    static func options(
        _ kind: ImportOptions.Kind, _ syntax: ImportOptions.Syntax = .explicitLittleEndian
    ) -> ImportOptions {
        var options = ImportOptions(kind: kind, syntax: syntax)
        options.patientName = "Grünwälder^Jörg"
        options.patientID = "P-1"
        options.bodyPart = "CHEST"
        options.view = "PA"
        options.date = "20260102"
        options.time = "101112"
        options.spacing = PixelSpacing(row: 0.5, column: 0.5)
        return options
    }
}
