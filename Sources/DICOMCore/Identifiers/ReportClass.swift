/// The SR storage classes that a report can be written in (PS3.3 A.35), from the one that says most to plain text. The raw
/// value is the name that configurations use.
public enum ReportClass: String, Codable, CaseIterable, Sendable {
    case comprehensive3D = "comprehensive_3d"
    case comprehensive
    case enhanced
    case basicText = "basic_text"

    /// The storage class.
    public var sopClassUID: UID {
        switch self {
        case .comprehensive3D: UID(known: "1.2.840.10008.5.1.4.1.1.88.34")
        case .comprehensive: UID(known: "1.2.840.10008.5.1.4.1.1.88.33")
        case .enhanced: UID(known: "1.2.840.10008.5.1.4.1.1.88.22")
        case .basicText: UID(known: "1.2.840.10008.5.1.4.1.1.88.11")
        }
    }

    /// The preferred one, then those that say less, then those that say more.
    public static func order(from preferred: ReportClass) -> [UID] {
        let index = allCases.firstIndex(of: preferred) ?? 0
        return (allCases[index...] + allCases[..<index].reversed()).map(\.sopClassUID)
    }
}
