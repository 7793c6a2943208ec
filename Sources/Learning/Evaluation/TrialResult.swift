/// How well a short training did on images that it did not learn from (method §6).
public struct TrialResult: Codable, Hashable, Sendable {
    /// The sources that were left out, or the start.
    public var name: String
    /// Images that were learned from.
    public var learned: Int
    /// `side:batch:steps`.
    public var stages: String
    /// The weights' file; nil: random values.
    public var start: String?
    public var summary: ClassificationSummary
    /// On images of sources that it has learned from; nil where nothing was left out.
    public var seen: ClassificationSummary?

    public init(
        name: String, learned: Int, stages: String, start: String?, summary: ClassificationSummary,
        seen: ClassificationSummary? = nil
    ) {
        (self.name, self.learned, self.stages, self.start) = (name, learned, stages, start)
        (self.summary, self.seen) = (summary, seen)
    }
}

extension TrainingRows {
    /// To learn without some sources and be judged by all their images, of both splits, and by the images of the other
    /// sources that validate anyway. Nothing is learned from a group (a patient, a film and its copies) that judges.
    /// - Throws: ``LearningError/data(_:)`` for a source that is none, and where a class is not left to learn.
    public func leavingOut(_ sources: Set<String>) throws -> TrainingRows {
        let all = train + validation
        let known = Set(all.map(\.source))
        if let unknown = sources.subtracting(known).min() {
            throw LearningError.data(
                "\(unknown) is none of the sources \(known.sorted().joined(separator: ", ")); name one of them")
        }
        let judges = all.filter { sources.contains($0.source) }
        let groups = Set((judges + validation).map(\.group))
        return try TrainingRows(
            classes: classes, train: train.filter { !sources.contains($0.source) && !groups.contains($0.group) },
            validation: judges + validation.filter { !sources.contains($0.source) },
            from: "what is left without \(sources.sorted().joined(separator: ", "))")
    }
}
