/// Whose study it is, as its objects say: the store keeps nothing of it. Empty where they say nothing.
public struct StudyIdentification: Hashable, Sendable, Encodable {
    /// (0008,0050).
    public var accessionNumber: String
    /// (0010,0020).
    public var patientID: String
    /// (0010,0010), its components as they stand.
    public var patientName: String

    public init(accessionNumber: String, patientID: String, patientName: String) {
        self.accessionNumber = accessionNumber
        self.patientID = patientID
        self.patientName = patientName
    }
}
