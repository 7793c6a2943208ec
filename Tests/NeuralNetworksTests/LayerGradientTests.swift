import Testing

@testable import NeuralNetworks

/// Gradients of small networks against finite differences of their own losses.
@Suite struct LayerGradientTests {
    @Test(arguments: [16, 64, 128], [6, 16]) func winogradsWeightGradientIsTheLosssSlope(_ channels: Int, _ side: Int)
        throws
    {
        var network = Network(name: "test", inputChannels: 3)
        let stem = network.append(
            .convolution(.init("stem", outputs: channels, kernel: 3, padding: 1, hasBias: true)), 0)
        let top = network.append(
            .convolution(.init("conv", outputs: channels, kernel: 3, padding: 1, hasBias: false)), stem)
        let mean = network.append(.globalAverage, top)
        let fc = network.append(
            .convolution(.init("fc", outputs: 4, kernel: 1, hasBias: true, isFullyConnected: true)), mean)
        network.setOutput("logits", fc)
        try check(network, side: side, layers: ["conv.weight", "stem.weight", "stem.bias", "fc.weight"])
    }

    private func check(_ network: Network, side: Int, layers: [String]) throws {
        let input = Tensor(shape: [4, 3, side, side], values: TrainingFixture.uniform(7, 4 * 3 * side * side))
        let target = TrainingTarget(labels: (0..<4).map(TrainingTarget.label), weights: [1, 1, 1, 1])
        var tensors: [String: Tensor] = [:]
        for (seed, parameter) in network.parameters.enumerated() {
            let count = parameter.shape.reduce(1, *)
            tensors[parameter.name] = Tensor(
                shape: parameter.shape, values: TrainingFixture.uniform(UInt64(seed + 20), count).map { $0 * 0.3 })
        }
        let parameters = Parameters(network, tensors: tensors)
        var settings = Trainer.Settings(threads: 2)
        settings.dropout = 0
        func loss(_ parameters: Parameters) throws -> (Double, Trainer) {
            let trainer = try Trainer(parameters, settings: settings)
            return (Double(try trainer.gradients(input, target, seed: 0).loss), trainer)
        }
        let trainer = try loss(parameters).1
        for name in layers {
            let gradient = try #require(trainer.gradient(of: name)).values
            for index in stride(from: 0, to: gradient.count, by: max(1, gradient.count / 5)) {
                var up = parameters
                var down = parameters
                let step: Float = 0.02
                up[name].values[index] += step
                down[name].values[index] -= step
                let slope = try (loss(up).0 - loss(down).0) / Double(2 * step)
                #expect(
                    abs(slope - Double(gradient[index])) < 1e-4 + 0.01 * abs(slope),
                    "\(name)[\(index)]: \(gradient[index]) instead of \(slope)")
            }
        }
    }
}
