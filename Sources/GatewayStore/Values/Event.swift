public import Foundation

/// One line of the append-only record: what arrived from whom, what was decided, what was sent where, and why.
/// It carries UIDs and our own ids, never a name, a patient's id or a date of birth.
public struct Event: Hashable, Sendable, Identifiable {
    public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        case received
        case setAside = "set aside"
        case compared, echo
        case closed, forced, analysed
        case tryFailed = "try failed"
        case parked, superseded, retried, dropped
        case delivered, delayed, refused
        case fellBack = "fell back"
        case recovered, adopted, swept, lost, started, stopped, full, roomy
    }
    public var id: Int64
    public var at: Date
    public var kind: Kind
    /// Study Instance UID; nil when it is about no study.
    public var study: String?
    public var text: String
}
