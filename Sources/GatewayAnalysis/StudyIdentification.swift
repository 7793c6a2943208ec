import DICOM
import DICOMCore
public import Foundation
public import Gateway

/// Whose study it is, read from one of its objects: the store keeps nothing of it. Empty where the object says nothing.
public struct StudyIdentification: Hashable, Sendable, Codable {
    /// (0008,0050).
    public var accessionNumber: String
    /// (0010,0020).
    public var patientID: String
    /// (0010,0010), its components as they stand.
    public var patientName: String

    /// - Throws: `DICOMError` where the file can't be read.
    public init(contentsOf file: URL) throws {
        let dataSet = try DataSet(contentsOf: file)
        accessionNumber = dataSet.string(Tag(0x0008, 0x0050)) ?? ""
        patientID = dataSet.string(Tag(0x0010, 0x0020)) ?? ""
        patientName = dataSet.string(Tag(0x0010, 0x0010)) ?? ""
    }
}

extension NoticeMessage.Patient {
    public init(_ study: StudyIdentification) {
        self.init(
            accessionNumber: study.accessionNumber, patientID: study.patientID, patientName: study.patientName)
    }
}
