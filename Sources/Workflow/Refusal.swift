/// Why a machine did not take an event. The machine's state is as it was. Whatever a row, a worker or a peer brings
/// about ends here in the worst case, never in a trap.
public struct Refusal: Error, Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The state does not allow it.
        case state
        /// The claim is another's by now, or nobody's.
        case claimLost(holder: Owner?)
        /// The next try is due later.
        case notDue(Timestamp)
        /// The worker would make other content under the job's UIDs.
        case otherRecipe([Recipe.Part])
        /// Another revision of the study is being analysed, and a report names its predecessor.
        case studyBusy
        /// The destination does not have the object that the document is about.
        case subject
        /// What it would take was removed after delivery.
        case removed
        /// No such revision was made, or none can follow.
        case revision(Int)
    }

    public var reason: Reason
    /// What was asked for, `claimed` or `retried`.
    public var event: String
    /// `the job of revision 2`.
    public var subject: String
    /// The state's name.
    public var state: String
    /// What to do about it.
    public var advice: String

    public init(_ reason: Reason, event: String, subject: String, state: String, advice: String) {
        self.reason = reason
        self.event = event
        self.subject = subject
        self.state = state
        self.advice = advice
    }
}

extension Refusal: CustomStringConvertible {
    public var description: String {
        let why =
            switch reason {
            case .state: "it is \(state)"
            case .claimLost(let holder?): "\(holder) holds it"
            case .claimLost(nil): "the claim on it was taken back"
            case .notDue(let time): "its next try is due at \(time.milliseconds) ms since 1970"
            case .otherRecipe(let parts): "the worker has another \(parts.map(\.rawValue).joined(separator: ", "))"
            case .studyBusy: "another revision of its study is being analysed"
            case .subject: "the destination does not have what it is about"
            case .removed: "what it takes was removed after delivery"
            case .revision(let number): "there is no revision \(number) of it"
            }
        return "\(subject) can't be \(event): \(why)" + (advice.isEmpty ? "" : "; \(advice)")
    }
}
