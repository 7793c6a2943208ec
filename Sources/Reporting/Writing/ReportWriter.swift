/// Writes Structured Reports (dicom: TID 1500, or TID 2000 for Basic Text).
public enum ReportWriter {
    /// - Throws: ``ReportingError``; nothing that our own reader does not accept leaves.
    public static func structuredReport(_ request: ReportRequest, kind: ReportKind) throws -> ResultObject {
        throw ReportingError.document("no writer yet")
    }
}
