extension Network {
    /// A tensor that the network wants from its weights file.
    public struct Parameter: Sendable, Hashable {
        /// As PyTorch's state dictionary has it: `layer1.0.conv1.weight`.
        public var name: String
        /// As PyTorch's; outputs × inputs × rows × columns for a convolution.
        public var shape: [Int]

        /// A tensor to be looked for, or to be made.
        public init(name: String, shape: [Int]) {
            self.name = name
            self.shape = shape
        }
    }

    /// All tensors that the weights file must hold, with PyTorch's shapes.
    public var parameters: [Parameter] {
        nodes.flatMap { node -> [Parameter] in
            switch node.operation {
            case .convolution(let layer):
                layer.parameters(inputs: channels[node.inputs[0]], isTransposed: false)
            case .transposedConvolution(let layer):
                layer.parameters(inputs: channels[node.inputs[0]], isTransposed: true)
            case .normalization(let name, _):
                ["weight", "bias", "running_mean", "running_var"].map {
                    Parameter(name: "\(name).\($0)", shape: [channels[node.inputs[0]]])
                }
            default: []
            }
        }
    }
}

extension Network.Convolution {
    /// Its weight, and its bias where it has one, with PyTorch's shapes.
    func parameters(inputs: Int, isTransposed: Bool) -> [Network.Parameter] {
        let maps = isTransposed ? [inputs, outputs] : [outputs, inputs]
        let weight = Network.Parameter(
            name: name + ".weight", shape: isFullyConnected ? maps : maps + [kernel, kernel])
        return hasBias ? [weight, Network.Parameter(name: name + ".bias", shape: [outputs])] : [weight]
    }
}
