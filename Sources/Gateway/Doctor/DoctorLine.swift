/// What one look at a node or its machine says.
public struct DoctorLine: Codable, Hashable, Sendable {
    public enum State: String, Codable, Hashable, Sendable {
        case ok
        /// The node works; something is to be done soon.
        case warning
        /// The node does not work, or not wholly.
        case error
    }

    public var name: String
    public var state: State
    /// A sentence: what, where, and what to do.
    public var says: String

    public init(_ name: String, _ state: State, _ says: String) {
        self.name = name
        self.state = state
        self.says = says
    }
}
