import Testing

@testable import NeuralNetworks

/// A few layers from three channels to four classes, with weights and a batch from hashes.
struct SmallNetwork: Sendable {
    var network = Network(name: "small", inputChannels: 3)
    static let images = 4
    static let classes = 4

    /// 3×3 without another kernel; the size stays where there is no stride.
    mutating func convolution(
        _ name: String, _ input: Network.NodeID, outputs: Int, kernel: Int = 3, stride: Int = 1, hasBias: Bool = true,
        isDropped: Bool = false
    ) -> Network.NodeID {
        let layer = Network.Convolution(
            name, outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: hasBias,
            isDropped: isDropped)
        return network.append(.convolution(layer), input)
    }

    /// Logits for each pixel.
    mutating func finish(_ top: Network.NodeID) -> SmallNetwork {
        network.setOutput("logits", convolution("head", top, outputs: Self.classes, kernel: 1))
        return self
    }

    /// Logits for each image.
    mutating func finish(averaged top: Network.NodeID) -> SmallNetwork {
        let mean = network.append(.globalAverage, top)
        let layer = Network.Convolution(
            "head", outputs: Self.classes, kernel: 1, hasBias: true, isFullyConnected: true)
        network.setOutput("logits", network.append(.convolution(layer), mean))
        return self
    }

    var parameters: Parameters {
        let pairs = network.parameters.enumerated().map { seed, parameter in
            let count = parameter.shape.reduce(1, *)
            let isFactor = parameter.name.hasSuffix("norm.weight") || parameter.name.hasSuffix("running_var")
            let values = TrainingFixture.uniform(UInt64(seed + 20), count).map { $0 * 0.3 + (isFactor ? 1 : 0) }
            return (parameter.name, Tensor(shape: parameter.shape, values: values))
        }
        return Parameters(network, tensors: Dictionary(uniqueKeysWithValues: pairs))
    }

    func input(side: Int) -> Tensor {
        let shape = [Self.images, network.inputChannels, side, side]
        return Tensor(shape: shape, values: TrainingFixture.uniform(7, shape.reduce(1, *)))
    }

    /// - Parameter label: of each place of the logits; one class each without it.
    func target(
        side: Int, label: ((Int) -> UInt8)? = nil, weights: [Float] = [1, 1, 1, 1], smoothing: Float = 0
    ) throws -> TrainingTarget {
        let sizes = try Program(network, fusion: .training).sizes(images: Self.images, height: side, width: side)
        let logits = try #require(sizes[network.outputs["logits"]!])
        let label = label ?? { TrainingTarget.label(of: Int(TrainingFixture.hash(8, $0) % UInt64(Self.classes))) }
        return TrainingTarget(
            labels: (0..<Self.images * logits.pixels).map(label), weights: weights, smoothing: smoothing)
    }
}

extension SmallNetwork {
    /// Every trained tensor's gradient is the loss's slope along itself and along directions of chance, which meet every
    /// number.
    func expectSlopes(
        side: Int, dropout: Float = 0, frozen: [String] = [], label: ((Int) -> UInt8)? = nil,
        weights: [Float] = [1, 1, 1, 1], smoothing: Float = 0
    ) throws {
        var settings = Trainer.Settings(threads: 1)
        settings.dropout = dropout
        settings.frozen = frozen
        let input = input(side: side)
        let target = try target(side: side, label: label, weights: weights, smoothing: smoothing)
        func loss(_ parameters: Parameters) throws -> (Double, Trainer) {
            let trainer = try Trainer(parameters, settings: settings)
            return (Double(try trainer.gradients(input, target, seed: 3).loss), trainer)
        }
        let parameters = parameters
        let trainer = try loss(parameters).1
        for parameter in network.trainableParameters
        where !frozen.contains(where: { parameter.name.hasPrefix($0 + ".") }) {
            let name = parameter.name
            let gradient = try #require(trainer.gradient(of: name)).values
            for direction in Self.directions(gradient) {
                func moved(_ step: Float) throws -> Double {
                    let values = zip(parameters[name].values, direction).map { $0 + step * $1 }
                    var moved = parameters
                    moved[name] = Tensor(shape: parameter.shape, values: values)
                    return try loss(moved).0
                }
                let step: Float = 1 / 1024
                let (before, here, after) = (try moved(-step), try moved(0), try moved(step))
                let slope = (after - before) / Double(2 * step)
                // Corners of ReLU and pools within a step show in slopes that differ before and behind.
                let bend = abs(after - 2 * here + before) / Double(step)
                // Losses come in single precision.
                let rounding = here * 0x1p-23 / Double(step)
                let claimed = zip(direction, gradient).reduce(0) { $0 + Double($1.0) * Double($1.1) }
                #expect(
                    abs(slope - claimed) < 1e-4 + 0.01 * abs(slope) + bend + rounding,
                    "\(name): \(claimed) instead of \(slope)")
            }
        }
    }

    /// The gradient's own where it has one, and two of chance; all of length 1.
    private static func directions(_ gradient: [Float]) -> [[Float]] {
        let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let own = norm > 1e-5 ? [gradient.map { $0 / norm }] : []
        let each = 1 / Float(gradient.count).squareRoot()
        return own
            + (31...32).map { seed in
                gradient.indices.map { TrainingFixture.hash(seed, $0) & 1 == 0 ? each : -each }
            }
    }
}
