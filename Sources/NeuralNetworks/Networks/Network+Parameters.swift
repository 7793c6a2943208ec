extension Network {
    /// A tensor that the network wants from its weights file.
    public struct Parameter: Sendable, Hashable {
        public var name: String
        public var shape: [Int]

        public init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    /// All tensors that the weights file must hold, with PyTorch's shapes.
    public var parameters: [Parameter] {
        nodes.flatMap { node -> [Parameter] in
            switch node.operation {
            case .convolution(let layer): weightAndBias(of: layer, inputs: channels[node.inputs[0]], transposed: false)
            case .transposedConvolution(let layer):
                weightAndBias(of: layer, inputs: channels[node.inputs[0]], transposed: true)
            case .normalization(let name, _):
                ["weight", "bias", "running_mean", "running_var"].map {
                    Parameter(name: "\(name).\($0)", shape: [channels[node.inputs[0]]])
                }
            default: []
            }
        }
    }

    private func weightAndBias(of layer: Convolution, inputs: Int, transposed: Bool) -> [Parameter] {
        let maps = transposed ? [inputs, layer.outputs] : [layer.outputs, inputs]
        let weight = Parameter(
            name: layer.name + ".weight", shape: layer.isFullyConnected ? maps : maps + [layer.kernel, layer.kernel])
        return layer.hasBias ? [weight, Parameter(name: layer.name + ".bias", shape: [layer.outputs])] : [weight]
    }
}
