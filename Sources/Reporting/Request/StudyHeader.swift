public import DICOM
import DICOMCore

/// What result objects share with the study they belong to: patient and study modules (PS3.3 C.7.1, C.7.2) and the
/// request, copied from one of its objects with their bytes and their character set.
public struct StudyHeader: Sendable {
    public init(_ source: DataSet) throws {
    }
}
