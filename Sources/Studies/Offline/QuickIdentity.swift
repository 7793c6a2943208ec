import DICOMCore
import Foundation

extension UID {
    /// Media Storage Directory: the SOP class of a DICOMDIR.
    static let mediaStorageDirectory = UID(known: "1.2.840.10008.1.3.10")
}

/// Reads no more of a DICOM file than tells which study it belongs to.
enum QuickIdentity {
    /// The SOP class is the meta information's where the data set has none, as in a DICOMDIR.
    /// - Throws: `DICOMCoreError` for what is no data set or can't be read.
    static func read(_ file: URL) throws -> InstanceIdentity {
        let start = try FileReader.start(path: file.path) { $0.seriesInstanceUID != nil }
        var identity = start.identity
        identity.sopClassUID = identity.sopClassUID ?? start.head.meta?.sopClassUID
        return identity
    }

    /// Where the data set starts in the file, so that its digest leaves the meta information out.
    static func dataSetOffset(_ file: URL) throws -> UInt64 {
        UInt64(try FileReader.head(path: file.path).head.dataSetOffset)
    }
}
