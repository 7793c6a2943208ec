/// What changes from step to step and stages have to know. Written between steps only.
final class StepContext: @unchecked Sendable {
    /// Of the dropout.
    var seed: UInt64 = 0
    /// How far running statistics move towards the batch's.
    var momentum: Float = 0.1
    var target = TrainingTarget(labels: [], weights: [])
    /// 1 / Σ λ over the labels that count.
    var factor: Float = 0
    let dropout: Float

    init(dropout: Float) { self.dropout = dropout }
}
