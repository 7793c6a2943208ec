import ArgumentParser
import Foundation
import NeuralNetworks

/// `hilum bench training`: seconds of a training step of one network, from made weights on a made batch.
struct BenchTrainingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Time training: seconds of a step forward, backward and update, the median of several.")

    @Option(help: "resnet101 or fc-densenet103.")
    var network: TrainedChoice

    @Option(help: "Images in a batch.")
    var batch = 8

    @Option(help: "Rows and columns of the input.")
    var side = 96

    @Option(help: "Threads.")
    var threads = 2

    @Option(help: "Steps after a first one that is not counted.")
    var rounds = 7

    @OptionGroup var kernels: KernelLevelOption

    @Flag(help: "Do so again for every line on standard input, one JSON object each; between them nothing is done.")
    var paced = false

    @Flag(help: "Print one JSON object.")
    var json = false

    enum TrainedChoice: String, ExpressibleByArgument, Codable, Sendable {
        case resNet101 = "resnet101"
        case fcDenseNet103 = "fc-densenet103"

        var network: Network {
            switch self {
            case .resNet101: ResNet101.network(classes: 4)
            case .fcDenseNet103: FCDenseNet103.network(classes: 3)
            }
        }
    }

    struct Line: Codable {
        var network: TrainedChoice
        var batch: Int
        var side: Int
        var threads: Int
        var level: KernelChoice.Level
        /// Of each step, in their order.
        var seconds: [Double]
        var medianSeconds: Double
        var leastSeconds: Double
        var mostSeconds: Double
        var imagesPerSecond: Double
        /// Values, gradients and scratch memory; weights come to it.
        var plannedMegabytes: Double
        /// The most memory that this process has held so far, making of the weights included.
        var peakResidentMegabytes: Double

        /// - Precondition: at least one step.
        init(_ command: BenchTrainingCommand, seconds: [Double], plannedBytes: Int) {
            let sorted = seconds.sorted()
            (network, batch, side) = (command.network, command.batch, command.side)
            (threads, level) = (command.threads, command.kernels.level)
            self.seconds = seconds
            medianSeconds = sorted[sorted.count / 2]
            leastSeconds = sorted[0]
            mostSeconds = sorted[sorted.count - 1]
            imagesPerSecond = Double(command.batch) / medianSeconds
            plannedMegabytes = Double(plannedBytes) / 1e6
            peakResidentMegabytes = PeakMemory.megabytes
        }
    }

    func validate() throws {
        guard batch > 0, side > 0, threads > 0, rounds > 0 else {
            throw ValidationError("--batch, --side, --threads and --rounds are at least 1")
        }
    }

    func run() async throws {
        let network = network.network
        var settings = Trainer.Settings(threads: threads)
        settings.level = kernels.level
        let trainer = try Trainer(MadeTraining.parameters(network), settings: settings)
        if paced {
            while readLine() != nil { try JSONLine.print(try line(trainer)) }
            return
        }
        let line = try line(trainer)
        if json { try JSONLine.print(line) } else { print(text(line)) }
    }

    private func line(_ trainer: Trainer) throws -> Line {
        Line(self, seconds: try time(trainer), plannedBytes: trainer.plannedBytes)
    }

    /// Seconds of each step: momentum, and an average of the weights as training keeps it.
    private func time(_ trainer: Trainer) throws -> [Double] {
        let (input, target) = MadeTraining.batch(trainer.network, images: batch, side: side)
        // Small enough that weights stay sound on one batch, however often it comes.
        var sgd = DescentSettings(rate: 1e-4)
        sgd.averaging = 0.999
        let clock = ContinuousClock()
        let times = try (0...rounds).map { round in
            let start = clock.now
            _ = try trainer.step(input, target, sgd, seed: UInt64(round))
            return (clock.now - start) / .seconds(1)
        }
        return Array(times.dropFirst())
    }

    private func text(_ line: Line) -> String {
        let figures = String(
            format: "%.3f s a step (%.3f to %.3f), %.1f images/s", line.medianSeconds, line.leastSeconds,
            line.mostSeconds, line.imagesPerSecond)
        let memory = String(
            format: "plan %.0f MB, %.0f MB at most", line.plannedMegabytes, line.peakResidentMegabytes)
        return "\(network.rawValue) \(side)² batch \(batch) threads \(threads) \(kernels.level.rawValue): "
            + "\(figures); \(memory)"
    }
}

/// Weights and a batch that no file holds: training times do not depend on what they are.
private enum MadeTraining {
    /// Weights uniform with variance 2 / inputs (He et al. 2015), normalisations that change nothing yet.
    static func parameters(_ network: Network) -> Parameters {
        let pairs = network.parameters.enumerated().map { seed, parameter in
            let count = parameter.shape.reduce(1, *)
            let values: [Float]
            if parameter.shape.count > 1 {
                let range = (6 * Float(parameter.shape[0]) / Float(count)).squareRoot()
                values = uniform(count, seed: seed).map { $0 * range }
            } else {
                // One-dimensional are biases, means and what normalisations multiply by.
                let isFactor = parameter.name.hasSuffix("weight") || parameter.name.hasSuffix("var")
                values = Array(repeating: isFactor ? 1 : 0, count: count)
            }
            return (parameter.name, Tensor(shape: parameter.shape, values: values))
        }
        return Parameters(network, tensors: Dictionary(uniqueKeysWithValues: pairs))
    }

    /// Noise, and one class for each place of the logits in turn.
    static func batch(_ network: Network, images: Int, side: Int) -> (input: Tensor, target: TrainingTarget) {
        let shape = [images, network.inputChannels, side, side]
        let isFullyConnected = network.parameters.contains { $0.shape.count == 2 }
        let classes = network.channels[network.outputs[ResNet101.Output.logits]!]
        let labels = (0..<(isFullyConnected ? images : images * side * side)).map {
            TrainingTarget.label(of: $0 % classes)
        }
        return (
            Tensor(shape: shape, values: uniform(shape.reduce(1, *), seed: -1)),
            TrainingTarget(labels: labels, weights: Array(repeating: 1, count: classes))
        )
    }

    /// -1 ..< 1, splitmix64.
    private static func uniform(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { index in
            var z = (UInt64(index) &+ UInt64(bitPattern: Int64(seed)) << 32) &* 0x9E37_79B9_7F4A_7C15
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return Float((z ^ (z >> 31)) >> 40) / Float(1 << 23) - 1
        }
    }
}
