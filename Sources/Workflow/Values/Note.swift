/// A line for the append-only record. Its text carries UIDs and our own numbers, never what names a patient.
public struct Note: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Codable, Hashable, Sendable {
        case received
        case setAside = "set aside"
        case compared, accepted, echo
        case closed, forced, analysed
        case tryFailed = "try failed"
        /// A try ended without being the study's fault: it costs nothing.
        case putOff = "put off"
        case parked, superseded, retried, dropped
        case delivered, delayed, refused
        case fellBack = "fell back"
        case lost, recovered
        /// An operator was shown who the patient is.
        case identified
        /// Files went after delivery, by the rules of retention.
        case removed
        /// What a node notes of itself and its spool.
        case adopted, swept, started, stopped, full, roomy
    }

    public var kind: Kind
    public var text: String

    public init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }
}
