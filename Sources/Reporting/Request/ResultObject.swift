public import DICOMCore

/// Which SR storage class a destination takes (PS3.3 A.35).
public enum ReportKind: String, Codable, CaseIterable, Sendable {
    case comprehensive3D = "comprehensive_3d"
    case comprehensive
    case enhanced
    case basicText = "basic_text"

    public var sopClassUID: UID {
        switch self {
        case .comprehensive3D: UID(known: "1.2.840.10008.5.1.4.1.1.88.34")
        case .comprehensive: UID(known: "1.2.840.10008.5.1.4.1.1.88.33")
        case .enhanced: UID(known: "1.2.840.10008.5.1.4.1.1.88.22")
        case .basicText: UID(known: "1.2.840.10008.5.1.4.1.1.88.11")
        }
    }
}

/// A finished object, ready to be stored or sent.
public struct ResultObject: Sendable {
    public enum Kind: Hashable, Sendable {
        case structuredReport(ReportKind)
        case picture
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
