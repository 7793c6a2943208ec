public import Foundation
public import Workflow

/// One line of the append-only record: what arrived from whom, what was decided, what was sent where, and why.
/// It carries UIDs and our own ids, never a name, a patient's id or a date of birth.
public struct Event: Hashable, Sendable, Identifiable {
    public var id: Int64
    public var at: Date
    public var kind: Note.Kind
    /// Study Instance UID; nil when it is about no study.
    public var study: String?
    public var text: String
}
