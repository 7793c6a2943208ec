/// What a run tells while it goes on.
public enum TrainingEvent: Sendable, Equatable {
    /// A run begins, or goes on, with this step; `steps` in all.
    case began(step: Int, steps: Int)
    /// Statistics are being taken anew.
    case recalibrated(images: Int)
    case progressed(TrainingProgress)
    /// `isBest`: its weights are kept.
    case validated(step: Int, ValidationResult, isBest: Bool)
    /// The time budget changed the number of steps.
    case replanned(step: Int, steps: Int)
    case keptCheckpoint(step: Int)
    /// Validations have not become better for long enough.
    case stoppedEarly(step: Int)
}

/// Where a run stands.
public struct TrainingProgress: Sendable, Equatable {
    /// Steps that were done, of how many.
    public var step: Int
    public var steps: Int
    /// Of all the run's processes.
    public var seconds: Double
    public var side: Int
    /// The mean since the last line.
    public var loss: Float
    /// Of the last step.
    public var rate: Float
    /// Since the last line, validations apart.
    public var imagesPerSecond: Double
    /// Until the last step; nil before it can be told.
    public var secondsLeft: Double?
}

/// How a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// It was asked to stop, and goes on from its checkpoint when it is started again.
    case interrupted(step: Int)
    /// All steps are done. `thorough`: the best weights, judged as inference does; nil for a run that judges none.
    case finished(best: Int, thorough: ValidationResult?)
}
