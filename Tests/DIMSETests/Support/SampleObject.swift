import DICOMCore
import Foundation
import HilumTesting

/// Small objects made here, so that tests need no files of others.
enum SampleObject {
    /// A CT object of explicit VR little endian whose pixels are `pixelBytes` pseudo-random bytes.
    static func part10(_ number: Int = 1, pixelBytes: Int = 4096, sopClass: SOPClass = .ctImageStorage) -> [UInt8] {
        let instance = "1.2.826.0.1.3680043.10.999.\(number)"
        var encoder = DataSetEncoder(.explicitLittleEndian)
        encoder.append(.sopClassUID, sopClass.uid)
        encoder.append(.sopInstanceUID, .ui, instance)
        encoder.append(.modality, .cs, "CT")
        encoder.append(Tag(0x0010, 0x0010), .pn, "Test^Phantom")
        encoder.append(.studyInstanceUID, .ui, "1.2.826.0.1.3680043.10.999.1000")
        encoder.append(.seriesInstanceUID, .ui, "1.2.826.0.1.3680043.10.999.1001")
        encoder.append(.rows, unsignedShort: 64)
        encoder.append(.columns, unsignedShort: 32)
        var state = UInt64(number) &+ 0x9E37_79B9_7F4A_7C15
        let pixels = (0..<pixelBytes).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        encoder.append(.pixelData, .ow, bytes: pixels)
        let meta = FileMetaInformation(
            sopClassUID: sopClass.uid, sopInstanceUID: UID(instance),
            transferSyntaxUID: TransferSyntax.explicitVRLittleEndian.uid)
        return meta.encode() + encoder.bytes
    }

    /// The data set of a Part 10 file's bytes.
    static func dataSet(_ part10: [UInt8]) throws -> [UInt8] {
        guard let (_, offset) = try FileMetaInformation.parse(part10) else { return [] }
        return Array(part10[offset...])
    }

    static func write(_ bytes: [UInt8], to folder: URL, _ name: String = "object.dcm") throws -> URL {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url
    }
}
