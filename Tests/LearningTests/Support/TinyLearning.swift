import Foundation

@testable import Learning
@testable import NeuralNetworks

/// Three channels' means and a fully connected layer: small enough to follow.
enum TinyNetwork {
    static let network: Network = {
        var network = Network(name: "tiny", inputChannels: 3)
        let means = network.append(.globalAverage, 0)
        let layer = Network.Convolution("fc", outputs: 2, kernel: 1, hasBias: true, isFullyConnected: true)
        network.setOutput("logits", network.append(.convolution(layer), means))
        return network
    }()

    static func parameters(seed: UInt64 = 1) throws -> Parameters {
        try StartingWeights(network, from: nil, seed: seed).parameters
    }

    static func logits(_ parameters: Parameters, means: [Float]) -> [Float] {
        (0..<2).map { name in
            parameters["fc.bias"].values[name]
                + (0..<3).reduce(0) { $0 + parameters["fc.weight"].values[3 * name + $1] * means[$1] }
        }
    }
}

/// Gradient descent on ``TinyNetwork`` by the definition. `dies` ends the process's work after so many steps, as
/// SIGKILL does: nothing is written any more.
final class TinyEngine: TrainingEngine {
    struct Killed: Error {}

    private(set) var parameters: Parameters
    private var velocity: [String: [Float]] = [:]
    private(set) var averaged: Parameters

    func averaged(statisticsOver batches: [Tensor]) -> Parameters {
        frozenWhenAveraged.append(frozen)
        return averaged
    }
    var frozen: [String] = [] { didSet { frozenOverTime.append(frozen) } }
    var frozenOverTime: [[String]] = []
    var frozenWhenAveraged: [[String]] = []
    var seeds: [UInt64] = []
    var statistics: [Float] = []
    var dies: Int?
    var losesItsWay = false

    init(_ parameters: Parameters) {
        self.parameters = parameters
        averaged = parameters
    }

    func step(_ input: Tensor, _ target: TrainingTarget, _ sgd: DescentSettings, seed: UInt64) throws -> StepResult {
        if let dies, seeds.count >= dies { throw Killed() }
        seeds.append(seed)
        let (images, pixels) = (input.shape[0], input.shape[2] * input.shape[3])
        var (loss, weight, bias): (Float, [Float], [Float]) = (0, Array(repeating: 0, count: 6), [0, 0])
        for image in 0..<images {
            let means = (0..<3).map { channel in
                let start = (image * 3 + channel) * pixels
                return input.values[start..<start + pixels].reduce(0, +) / Float(pixels)
            }
            let logits = TinyNetwork.logits(parameters, means: means)
            let sum = logits.reduce(0) { $0 + exp($1) }
            let label = target.labels[image] == 1 ? 0 : 1
            loss += (log(sum) - logits[label]) / Float(images)
            for name in 0..<2 {
                let slope = (exp(logits[name]) / sum - (name == label ? 1 : 0)) / Float(images)
                bias[name] += slope
                for channel in 0..<3 { weight[3 * name + channel] += slope * means[channel] }
            }
        }
        for (name, gradient) in [("fc.weight", weight), ("fc.bias", bias)] where !frozen.contains("fc") {
            var moved = velocity[name] ?? gradient.map { _ in 0 }
            for index in gradient.indices {
                moved[index] = sgd.momentum * moved[index] + gradient[index]
                parameters[name].values[index] -= sgd.rate * moved[index]
                let kept = sgd.averaging ?? 0
                averaged[name].values[index] =
                    kept * averaged[name].values[index] + (1 - kept) * parameters[name].values[index]
            }
            velocity[name] = moved
        }
        return StepResult(loss: losesItsWay ? .nan : loss, gradientNorm: 1, accuracy: 0)
    }

    func updateStatistics(_ input: Tensor, momentum: Float) throws { statistics.append(momentum) }

    var state: [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (name, tensor) in parameters.tensors { state["parameter/" + name] = tensor }
        for (name, tensor) in averaged.tensors { state["average/" + name] = tensor }
        for (name, values) in velocity { state["velocity/" + name] = Tensor(shape: [values.count], values: values) }
        return state
    }

    func restore(_ state: [String: Tensor]) throws {
        for name in parameters.tensors.keys {
            if let tensor = state["parameter/" + name] { parameters[name] = tensor }
            if let tensor = state["average/" + name] { averaged[name] = tensor }
            if let tensor = state["velocity/" + name] { velocity[name] = tensor.values }
        }
    }
}

/// Coloured squares: class 0 has more of the first channel.
struct TinyTask: LearningTask {
    let network = TinyNetwork.network
    let classes = ["first", "second"]
    var dataDigest = "tiny"
    /// Scores of the validations in their order instead of true ones.
    var scores: [Double]?
    let asked = Counter()

    func batch(_ request: BatchRequest) -> TrainingBatch {
        var (values, labels): ([Float], [UInt8]) = ([], [])
        let pixels = request.side * request.side
        for number in request.first..<request.first + request.count {
            var stream = RandomStream(seed: request.seed, request.purpose, index: UInt64(number))
            let label = stream.index(below: 2)
            labels.append(TrainingTarget.label(of: label))
            for channel in 0..<3 {
                let level: Float = channel == label ? 1 : 0
                values += (0..<pixels).map { _ in level + 0.5 * stream.normal() }
            }
        }
        return TrainingBatch(
            input: Tensor(shape: [request.count, 3, request.side, request.side], values: values), labels: labels)
    }

    func validate(_ request: ValidationRequest) throws -> ValidationResult {
        let weights = request.parameters
        var result = ValidationResult(
            logits: [[1, 0, 0], [0, 1, 0], [0.2, 0.1, 0]].map { means in
                TinyNetwork.logits(weights, means: means).map(Double.init)
            }, labels: [0, 1, 0], classes: classes)
        let number = asked.next()
        if let scores { result.macroF1 = scores[min(number, scores.count - 1)] }
        return result
    }
}

/// Counts from 0.
final class Counter: @unchecked Sendable {
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
        lock.withLock {
            defer { count += 1 }
            return count
        }
    }
}
