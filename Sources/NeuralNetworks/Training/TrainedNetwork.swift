/// All that a network's training keeps between steps: the program, and weights with gradients, momentum and average.
final class TrainedNetwork: Sendable {
    let network: Network
    let program: Program
    /// By step of the program.
    let convolutions: [Int: TrainedConvolution]
    let normalizations: [Int: TrainedNormalization]
    /// In the order of the network's parameters.
    let tensors: [TrainedTensor]

    init(_ parameters: Parameters) {
        network = parameters.network
        let program = Program(parameters.network, fusion: .training)
        self.program = program
        var convolutions: [Int: TrainedConvolution] = [:]
        var normalizations: [Int: TrainedNormalization] = [:]
        for (index, step) in program.steps.enumerated() {
            let inputs = program.channels[step.inputs.first ?? 0]
            switch step.kernel {
            case .convolution(let fused):
                convolutions[index] = TrainedConvolution(
                    fused.layer, inputs: fused.inputs, isTransposed: false, isStem: fused.isStem(of: step))
                normalizations[index] = fused.before.map { TrainedNormalization($0, channels: fused.inputs) }
            case .transposed(let layer):
                convolutions[index] = TrainedConvolution(
                    layer, inputs: inputs, isTransposed: true, isStem: false)
            case .normalization(let norm, _):
                normalizations[index] = TrainedNormalization(norm, channels: inputs)
            default: break
            }
        }
        self.convolutions = convolutions
        self.normalizations = normalizations
        let byName = (convolutions.values.flatMap(\.tensors) + normalizations.values.flatMap(\.tensors))
            .reduce(into: [:]) { $0[$1.parameter.name] = $1 }
        tensors = parameters.network.parameters.map { byName[$0.name]! }
        for tensor in tensors { tensor.load(parameters[tensor.parameter.name]) }
    }

    var logits: Network.NodeID { network.outputs[Network.Output.logits]! }

    /// In PyTorch's shapes.
    func parameters(_ buffer: (TrainedTensor) -> CellBuffer) -> Parameters {
        let pairs = tensors.map { ($0.parameter.name, $0.tensor(of: buffer($0))) }
        return Parameters(network, tensors: Dictionary(uniqueKeysWithValues: pairs))
    }
}

extension Network {
    /// Names of what runs return.
    enum Output {
        static let logits = "logits"
    }
}

/// The layers that are not trained: those whose names are, or begin with, one of some names and a dot.
struct FrozenLayers: Sendable, Hashable {
    var prefixes: [String]

    func contains(_ layer: String) -> Bool {
        prefixes.contains { layer == $0 || layer.hasPrefix($0 + ".") }
    }
}
