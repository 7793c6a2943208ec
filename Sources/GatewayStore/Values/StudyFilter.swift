public import Foundation

/// Which studies an operator wants to see. What is nil excludes none.
public struct StudyFilter: Hashable, Sendable {
    public var states: Set<StudyState>?
    /// Calling AE title of whoever sent one of its objects.
    public var sender: String?
    /// Its last object came then or later.
    public var since: Date?
    /// Its last object came before.
    public var until: Date?
    /// The newest so many.
    public var limit: Int

    public init(
        states: Set<StudyState>? = nil, sender: String? = nil, since: Date? = nil, until: Date? = nil,
        limit: Int = 1000
    ) {
        self.states = states
        self.sender = sender
        self.since = since
        self.until = until
        self.limit = limit
    }
}
