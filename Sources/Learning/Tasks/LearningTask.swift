import Diagnosis
public import NeuralNetworks

/// What a network is taught: batches to learn from, and how well it does.
public protocol LearningTask: Sendable {
    var network: Network { get }
    /// Names of the network's outputs.
    var classes: [String] { get }
    /// A fingerprint of all data and constants that batches depend on.
    var dataDigest: String { get }
    /// The batch of these samples: equal requests give equal batches.
    func batch(_ request: BatchRequest) -> TrainingBatch
    /// How well weights do on the validation split, through inference's code.
    /// - Throws: `CancellationError` when `shouldStop` says so.
    func validate(_ request: ValidationRequest) throws -> ValidationResult
}

/// Which samples a batch is made of.
public struct BatchRequest: Sendable, Equatable {
    public var seed: UInt64
    /// Learning and taking statistics anew see different samples.
    public var purpose: RandomStream.Purpose = .augmentation
    /// The number of the batch's first sample in the run.
    public var first: Int
    public var count: Int
    /// Rows and columns of the network's input.
    public var side: Int

    public init(seed: UInt64, first: Int, count: Int, side: Int) {
        (self.seed, self.first, self.count, self.side) = (seed, first, count, side)
    }
}

/// A batch as an engine takes it.
public struct TrainingBatch: Sendable, Equatable {
    /// Images × channels × rows × columns.
    public var input: Tensor
    /// Sets of classes, as ``TrainingTarget/labels``.
    public var labels: [UInt8]

    public init(input: Tensor, labels: [UInt8]) {
        self.input = input
        self.labels = labels
    }
}

public struct ValidationRequest: Sendable {
    public var parameters: Parameters
    /// Rows and columns of the network's input.
    public var side: Int
    public var threads: Int
    /// As inference does it, with all patches; otherwise with few.
    public var isThorough: Bool
    public var shouldStop: @Sendable () -> Bool

    public init(
        parameters: Parameters, side: Int, threads: Int, isThorough: Bool,
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        (self.parameters, self.side, self.threads) = (parameters, side, threads)
        (self.isThorough, self.shouldStop) = (isThorough, shouldStop)
    }
}

/// How well weights do.
public struct ValidationResult: Codable, Sendable, Equatable {
    /// Mean cross-entropy, without smoothing.
    public var loss: Double
    /// Of images; of pixels for segmentation.
    public var accuracy: Double
    /// Mean of the classes' F1; classification only.
    public var macroF1: Double?
    /// Intersection over union of the right lung's pixels and of the left's over all images, and their mean;
    /// segmentation only.
    public var iou: Double?
    public var iouRight: Double?
    public var iouLeft: Double?

    public init(loss: Double, accuracy: Double) {
        self.loss = loss
        self.accuracy = accuracy
    }

    /// What the best weights are chosen by; larger is better.
    public var score: Double { macroF1 ?? iou ?? accuracy }
}

extension ValidationResult {
    /// - Parameter logits: of each image.
    init(logits: [[Double]], labels: [Int], classes: [String]) {
        var loss = 0.0
        for (values, label) in zip(logits, labels) { loss += Logits.crossEntropy(values, label) }
        let matrix = ConfusionMatrix(
            classes: classes,
            pairs: zip(logits, labels).map { (truth: $1, answer: Logits.top($0)) })
        self.init(loss: loss / Double(max(1, labels.count)), accuracy: matrix.accuracy ?? 0)
        macroF1 = matrix.macroF1
    }
}
