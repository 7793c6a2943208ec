extension Program {
    /// What a step has to do for one image, by its definition; a faster method does fewer products.
    struct Account: Sendable, Hashable {
        /// The convolution's name, or the operation.
        var layer: String
        var multiplyAdds: Int
        /// Numbers of its weights, and of its inputs and outputs.
        var weights: Int
        var values: Int
    }

    func account(of step: Step, _ sizes: [Network.NodeID: Size]) -> Account {
        let values = (step.inputs + [step.output]).reduce(0) { sum, value in
            sum + channels[value] * sizes[value]!.pixels
        }
        switch step.kernel {
        case .convolution(let fused):
            let weights = fused.layer.outputs * fused.inputs * fused.layer.kernel * fused.layer.kernel
            return Account(
                layer: fused.layer.name, multiplyAdds: weights * sizes[step.output]!.pixels, weights: weights,
                values: values)
        case .transposed(let layer):
            let weights = layer.outputs * network.channels[step.inputs[0]] * layer.kernel * layer.kernel
            return Account(
                layer: layer.name, multiplyAdds: weights * sizes[step.inputs[0]]!.pixels, weights: weights,
                values: values)
        case .normalization(let norm, _):
            return Account(layer: norm.name, multiplyAdds: 0, weights: 0, values: values)
        case .add, .relu, .concatenation, .maxPool, .globalAverage, .narrow:
            return Account(layer: Self.name(of: step), multiplyAdds: 0, weights: 0, values: values)
        }
    }

    /// The layer's name, or the number of the node.
    static func name(of step: Step) -> String {
        switch step.kernel {
        case .convolution(let fused): fused.layer.name
        case .transposed(let layer): layer.name
        case .normalization(let norm, _): norm.name
        case .add, .relu, .concatenation, .maxPool, .globalAverage: "node \(step.output)"
        case .narrow: "narrow \(step.inputs[0])"
        }
    }
}
