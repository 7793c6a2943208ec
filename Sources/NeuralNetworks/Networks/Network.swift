/// A feed-forward network as a value: what is computed, not how. ``Executor`` (or a faster successor) runs it.
///
/// Nodes are in the order of computation: a node's inputs have smaller indices. Activations have channels, rows and
/// columns; a batch's images are independent.
public struct Network: Sendable, Hashable {
    /// A node's place in ``nodes``.
    public typealias NodeID = Int

    /// One operation and what it is applied to.
    public struct Node: Sendable, Hashable {
        /// What is computed.
        public var operation: Operation
        /// Nodes of smaller index; one for most operations, two for `add` and `transposedConvolution`, any number for
        /// `concatenation`.
        public var inputs: [NodeID]
    }

    /// What a node computes. Sizes of results are PyTorch's for the same numbers.
    public enum Operation: Sendable, Hashable {
        /// The network's input; has no inputs itself.
        case input
        /// Cross-correlation, as everywhere in this field; rows and columns become `(size + 2 * padding - kernel) /
        /// stride + 1`, rounded down.
        case convolution(Convolution)
        /// A transposed convolution whose result is cropped, about its centre, to the size of its second input.
        case transposedConvolution(Convolution)
        /// Batch normalisation with its running statistics; parameters `name.weight`, `.bias`, `.running_mean`,
        /// `.running_var`.
        case normalization(name: String, epsilon: Float)
        /// max(x, 0).
        case relu
        /// The sum of two inputs of equal shape.
        case add
        /// Along the channels.
        case concatenation
        /// The largest of each window; what is padded never wins.
        case maxPool(kernel: Int, stride: Int, padding: Int)
        /// Mean over rows and columns: one row and one column are left.
        case globalAverage
    }

    /// A square convolution; parameters `name.weight` and, where it has one, `name.bias`. A fully connected layer is a
    /// 1×1 convolution of a 1×1 image whose stored weight has two dimensions.
    public struct Convolution: Sendable, Hashable {
        /// What its parameters' names begin with.
        public var name: String
        /// Channels of the result.
        public var outputs: Int
        /// Rows and columns of the kernel.
        public var kernel: Int
        /// Pixels from one window to the next, in both directions.
        public var stride: Int
        /// Rows and columns of zeros on every side.
        public var padding: Int
        /// Whether there is a parameter `name.bias`.
        public var hasBias: Bool
        /// Whether the stored weight is outputs × inputs.
        public var isFullyConnected: Bool
        /// Whether training drops some of its outputs (dropout).
        public var isDropped: Bool

        /// A layer as its network's paper has it; nothing is checked.
        public init(
            _ name: String, outputs: Int, kernel: Int, stride: Int = 1, padding: Int = 0, hasBias: Bool,
            isFullyConnected: Bool = false, isDropped: Bool = false
        ) {
            self.name = name
            self.outputs = outputs
            self.kernel = kernel
            self.stride = stride
            self.padding = padding
            self.hasBias = hasBias
            self.isFullyConnected = isFullyConnected
            self.isDropped = isDropped
        }
    }

    /// For messages: `ResNet-101`.
    public var name: String
    /// 3 for colour, 1 for grey.
    public var inputChannels: Int
    /// In the order of computation; the first is the input.
    public internal(set) var nodes: [Node] = [Node(operation: .input, inputs: [])]
    /// Channels of each node's activation.
    public internal(set) var channels: [Int]
    /// What a run returns, by name.
    public internal(set) var outputs: [String: NodeID] = [:]

    /// A network that has only its input, node 0, yet.
    public init(name: String, inputChannels: Int) {
        self.name = name
        self.inputChannels = inputChannels
        channels = [inputChannels]
    }

    /// Appends a node and returns its index.
    /// - Precondition: the inputs exist and their channels agree; a network is written by a programmer.
    public mutating func append(_ operation: Operation, _ inputs: NodeID...) -> NodeID {
        append(operation, inputs)
    }

    /// Appends a node and returns its index.
    /// - Precondition: the inputs exist and their channels agree; a network is written by a programmer.
    public mutating func append(_ operation: Operation, _ inputs: [NodeID]) -> NodeID {
        precondition(!inputs.isEmpty && inputs.allSatisfy { nodes.indices.contains($0) })
        switch operation {
        case .input: preconditionFailure("a network has one input")
        case .convolution(let layer), .transposedConvolution(let layer): channels.append(layer.outputs)
        case .concatenation: channels.append(inputs.reduce(0) { $0 + channels[$1] })
        case .add:
            precondition(inputs.count == 2 && channels[inputs[0]] == channels[inputs[1]])
            channels.append(channels[inputs[0]])
        case .normalization, .relu, .maxPool, .globalAverage: channels.append(channels[inputs[0]])
        }
        nodes.append(Node(operation: operation, inputs: inputs))
        return nodes.count - 1
    }

    /// Makes a node's activation a result of runs, by this name.
    /// - Precondition: the node exists.
    public mutating func setOutput(_ name: String, _ node: NodeID) {
        precondition(nodes.indices.contains(node))
        outputs[name] = node
    }
}
