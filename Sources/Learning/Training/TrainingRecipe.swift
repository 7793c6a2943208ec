/// Everything that a run's losses depend on besides the program: a run is resumed with an equal recipe only.
public struct TrainingRecipe: Codable, Equatable, Sendable {
    /// `segmentation`, `classification`, `ct` or `input-check`.
    public var task: String
    public var classes: [String]
    /// ``LearningTask/dataDigest``.
    public var data: String
    /// Digest of the weights that the run starts from; `random` without any.
    public var start: String
    public var stages: [TrainingStage]
    public var schedule = RateSchedule.cosine
    /// The largest rate.
    public var rate: Float = 0.008
    /// Steps in which the rate rises to it.
    public var warmUp = 60
    public var momentum: Float = 0.9
    public var nesterov = false
    /// β₂ of Adam, whose β₁ is the momentum; nil: SGD.
    public var secondMoment: Float?
    public var decay: Float = 2e-4
    /// The largest norm of all gradients together; nil: taken as they are.
    public var clip: Float?
    /// Of the averaged weights; nil: no average is kept.
    public var averaging: Float? = 0.995
    public var smoothing: Float = 0.05
    /// λ_s, one for each class.
    public var classWeights: [Float]
    /// Prefixes of layers that are never changed, where a stage names none of its own.
    public var frozen: [String] = []
    /// Steps at the beginning in which all but the last layer stays as it is.
    public var headFirst = 0
    /// Images over which the running statistics are taken anew first; 0: they are kept.
    public var recalibration = 0
    /// Steps between validations; the last step is always followed by one.
    public var validationEvery = 200
    /// Validations without a better score after which the run ends; 0: it never does.
    public var patience = 0
    public var seed: UInt64 = 1

    public init(
        task: String, classes: [String], data: String, start: String, stages: [TrainingStage], classWeights: [Float]
    ) {
        (self.task, self.classes, self.data, self.start) = (task, classes, data, start)
        (self.stages, self.classWeights) = (stages, classWeights)
    }
}

/// A stretch of a run with one size of input and batch.
public struct TrainingStage: Codable, Equatable, Sendable {
    /// Rows and columns of the network's input.
    public var side: Int
    public var batch: Int
    public var steps: Int
    /// Prefixes of layers that stay as they are; nil: the recipe's.
    public var frozen: [String]?

    public init(side: Int, batch: Int, steps: Int, frozen: [String]? = nil) {
        (self.side, self.batch, self.steps, self.frozen) = (side, batch, steps, frozen)
    }

    /// What a step costs, in pixels.
    public var work: Int { side * side * batch }

    /// - Parameter text: `side:batch:steps` or `side:batch:steps:layer+layer`, several with commas between.
    /// - Throws: ``LearningError/setting(_:)``
    public static func stages(_ text: String) throws -> [TrainingStage] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            let numbers = parts.prefix(3).compactMap { Int($0) }
            guard numbers.count == 3, parts.count <= 4, (32...1024).contains(numbers[0]),
                (2...1024).contains(numbers[1]), (1...10_000_000).contains(numbers[2])
            else {
                throw LearningError.setting(
                    "--stages takes side:batch:steps (32...1024, 2...1024, 1...10000000), several with commas between, "
                        + "not '\(word)'")
            }
            return TrainingStage(
                side: numbers[0], batch: numbers[1], steps: numbers[2],
                frozen: parts.count == 4 ? parts[3].split(separator: "+").map(String.init) : nil)
        }
    }
}

extension TrainingRecipe {
    /// The first setting that differs, in words; nil when none does.
    func difference(from other: TrainingRecipe) -> (setting: String, was: String, now: String)? {
        for (before, now) in zip(Mirror(reflecting: other).children, Mirror(reflecting: self).children) {
            let (was, wanted) = (Self.words(before.value), Self.words(now.value))
            guard was != wanted else { continue }
            let name = now.label ?? ""
            return (Self.options[name] ?? name, was, wanted)
        }
        return nil
    }

    /// Settings that the command line calls otherwise.
    private static let options = [
        "data": "images, labels or preparation", "start": "weights to start from", "warmUp": "warm-up",
        "secondMoment": "adam", "averaging": "ema", "classWeights": "class-weights", "frozen": "freeze",
        "headFirst": "head-first", "recalibration": "recalibrate", "validationEvery": "validate-every",
    ]

    private static func words(_ value: Any) -> String {
        let mirror = Mirror(reflecting: value)
        if mirror.displayStyle == .optional { return mirror.children.first.map { words($0.value) } ?? "none" }
        if let list = value as? [TrainingStage] { return list.map(\.text).joined(separator: ",") }
        if let list = value as? [Any] { return list.map(words).joined(separator: ",") }
        return "\(value)"
    }
}

extension TrainingStage {
    /// As ``stages(_:)`` reads it.
    var text: String {
        "\(side):\(batch):\(steps)" + (frozen.map { ":" + $0.joined(separator: "+") } ?? "")
    }
}
