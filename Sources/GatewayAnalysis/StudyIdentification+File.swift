import DICOM
import DICOMCore
public import Foundation
public import Gateway

extension StudyIdentification {
    /// As one object of the study says.
    /// - Throws: `DICOMError` where the file can't be read.
    public init(contentsOf file: URL) throws {
        let dataSet = try DataSet(contentsOf: file)
        self.init(
            accessionNumber: dataSet.string(Tag(0x0008, 0x0050)) ?? "",
            patientID: dataSet.string(Tag(0x0010, 0x0020)) ?? "",
            patientName: dataSet.string(Tag(0x0010, 0x0010)) ?? "")
    }
}
