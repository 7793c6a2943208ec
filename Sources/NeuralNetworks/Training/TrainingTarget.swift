/// What a batch's logits are compared with: softmax cross-entropy (method §3, §5).
public struct TrainingTarget: Sendable, Equatable {
    /// Images × rows × columns of the logits. A label is a set of classes, bit c for class c: one class as usual, several
    /// where it is not known which of them is right, 0 where nothing is known and no loss is counted.
    public var labels: [UInt8]
    /// λ_s, one for each class; the loss is Σ λ · loss / Σ λ over the labels that count.
    public var weights: [Float]
    /// Share of the label's probability that is spread over all classes, as PyTorch counts it.
    public var smoothing: Float

    /// A target; a step checks it against the logits.
    /// - Parameters:
    ///   - labels: images × rows × columns.
    ///   - weights: one for each class.
    public init(labels: [UInt8], weights: [Float], smoothing: Float = 0) {
        self.labels = labels
        self.weights = weights
        self.smoothing = smoothing
    }

    /// As many as a label has bits.
    public static let mostClasses = 8

    /// The set that holds one class alone.
    /// - Precondition: `index` is below ``mostClasses``.
    public static func label(of index: Int) -> UInt8 {
        precondition(index < mostClasses)
        return 1 << UInt8(index)
    }
}

/// How a step changes the weights: gradient descent with momentum (as PyTorch's SGD), or Adam (as its AdamW).
public struct DescentSettings: Sendable, Equatable {
    /// The learning rate.
    public var rate: Float
    /// Share of the former steps that goes on, 0…1; Adam's β₁.
    public var momentum: Float = 0.9
    /// Nesterov's momentum, as PyTorch has it; Adam has none.
    public var nesterov = false
    /// Weight decay, of all trainable parameters; Adam's is apart from the gradient.
    public var decay: Float = 0
    /// The largest norm of all gradients together; nil: gradients are taken as they are.
    public var clip: Float?
    /// Share of its past that the average of the weights keeps in a step (EMA); nil: no average is kept.
    public var averaging: Float?
    /// What Adam needs besides; nil: SGD.
    public var adam: Adam?

    /// Adam with decay apart from the gradient (Kingma and Ba 2015; Loshchilov and Hutter 2019).
    public struct Adam: Sendable, Equatable {
        /// β₂: share of the squares' past that is kept, 0…1.
        public var secondMoment: Float
        /// Added to the root of the squares.
        public var epsilon: Float = 1e-8

        /// ε is 1e-8.
        public init(secondMoment: Float) { self.secondMoment = secondMoment }
    }

    /// Momentum 0.9; no decay, clipping or averaging.
    public init(rate: Float) { self.rate = rate }
}

/// What a step found.
public struct StepResult: Sendable, Equatable {
    /// Of the batch, before the update.
    public var loss: Float
    /// The norm of all gradients together, before clipping.
    public var gradientNorm: Float
    /// Share of the labels of one class that the largest logit hit, before the update.
    public var accuracy: Float

    /// Whether the weights can be changed by it.
    public var isFinite: Bool { loss.isFinite && gradientNorm.isFinite }

    /// A result without a step, for tests of what reads it.
    public init(loss: Float, gradientNorm: Float, accuracy: Float) {
        self.loss = loss
        self.gradientNorm = gradientNorm
        self.accuracy = accuracy
    }
}
