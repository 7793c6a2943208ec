/// The picture that shows a study's result on any viewer.
public enum SummaryPicture {
    /// The picture as a Secondary Capture object (PS3.3 A.8); multi-frame true colour for several frames.
    public static func object(_ request: ReportRequest) throws -> ResultObject {
        throw ReportingError.document("no picture yet")
    }
}
