public import DICOMCore

/// A finished object, ready to be stored or sent.
public struct ResultObject: Sendable {
    public enum Kind: Hashable, Sendable {
        case structuredReport(ReportClass)
        case picture
        /// Says that another result, an earlier one, no longer holds.
        case supersededNote(of: UID)
    }

    public var kind: Kind
    public var sopClassUID: UID
    public var sopInstanceUID: UID
    public var seriesInstanceUID: UID
    /// The whole file: preamble, meta information and data set (PS3.10 §7).
    public var part10: [UInt8]

    public init(kind: Kind, sopClassUID: UID, sopInstanceUID: UID, seriesInstanceUID: UID, part10: [UInt8]) {
        self.kind = kind
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.seriesInstanceUID = seriesInstanceUID
        self.part10 = part10
    }
}
