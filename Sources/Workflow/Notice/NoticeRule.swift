/// Of which findings somebody wants to hear at once.
public struct NoticeRule: Hashable, Sendable {
    /// What a notice is about: of a study's findings one.
    public struct Subject: Hashable, Sendable {
        /// A class's key, `review`, or `not_analysable`.
        public var outcome: String
        /// 0…1; nil for what has no class.
        public var confidence: Double?
        /// 1…4; nil where it is not triaged.
        public var triage: Int?

        public init(outcome: String, confidence: Double? = nil, triage: Int? = nil) {
            self.outcome = outcome
            self.confidence = confidence
            self.triage = triage
        }
    }

    /// Empty: all.
    public var outcomes: Set<String>
    /// Levels of triage; empty: all, and what is not triaged.
    public var levels: Set<Int>

    public init(outcomes: Set<String> = [], levels: Set<Int> = []) {
        self.outcomes = outcomes
        self.levels = levels
    }

    public func matches(_ subject: Subject) -> Bool {
        (outcomes.isEmpty || outcomes.contains(subject.outcome))
            && (levels.isEmpty || subject.triage.map(levels.contains) ?? false)
    }

    /// The most urgent of a study's findings that matches, the first of equals; nil where none does.
    public func choice(among findings: [Subject]) -> Subject? {
        findings.filter(matches).enumerated().min { left, right in
            (left.element.triage ?? .max, left.offset) < (right.element.triage ?? .max, right.offset)
        }?.element
    }
}
