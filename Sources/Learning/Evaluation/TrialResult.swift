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

    public init(name: String, learned: Int, stages: String, start: String?, summary: ClassificationSummary) {
        (self.name, self.learned, self.stages, self.start) = (name, learned, stages, start)
        self.summary = summary
    }
}

extension TrainingRows {
    /// To learn without some sources and be judged by all their images, of both splits.
    /// - Throws: ``LearningError/data(_:)`` for a source that is none, and where a class is not left to learn.
    public func leavingOut(_ sources: Set<String>) throws -> TrainingRows {
        let all = train + validation
        let known = Set(all.map(\.source))
        if let unknown = sources.subtracting(known).min() {
            throw LearningError.data(
                "\(unknown) is none of the sources \(known.sorted().joined(separator: ", ")); name one of them")
        }
        return try TrainingRows(
            classes: classes, train: train.filter { !sources.contains($0.source) },
            validation: all.filter { sources.contains($0.source) },
            from: "what is left without \(sources.sorted().joined(separator: ", "))")
    }
}
