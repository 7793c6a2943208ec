/// A network as a list of steps. What is done in one step depends on who runs it (``Fusion``). Holds no weights and no
/// sizes.
struct Program: Sendable {
    /// What is joined into one step.
    enum Fusion: Sendable, Hashable {
        /// Batch normalisation goes into the weights of the convolution before it; sums and ReLU are done where values are
        /// written.
        case inference
        /// The same, and normalisation and ReLU before a convolution are done while its input is read.
        case activatedInference
        /// Batch normalisation depends on the batch and stays a step, which takes in the sum and the ReLU after it; or,
        /// before a convolution that alone reads it, is done with the ReLU while the input is read.
        case training

        var activatesInputs: Bool { self != .inference }
    }

    enum Kernel: Sendable, Hashable {
        /// Inputs: x, and the residual where there is one.
        case convolution(FusedConvolution)
        /// Inputs: x, and the value whose size the result is cropped to.
        case transposed(Network.Convolution)
        /// Inputs: x, and in training a residual that is added before the ReLU.
        case normalization(Normalization, relu: Bool)
        case add(relu: Bool)
        case relu
        case concatenation
        case maxPool(kernel: Int, stride: Int, padding: Int)
        case globalAverage
        /// The same value in lower precision.
        case narrow
    }

    /// Batch normalisation with its running statistics; ``Network/Operation/normalization(name:epsilon:)``.
    struct Normalization: Sendable, Hashable {
        var name: String
        var epsilon: Float
    }

    struct FusedConvolution: Sendable, Hashable {
        var layer: Network.Convolution
        /// Channels.
        var inputs: Int
        /// Normalisation and ReLU of what is read (a dense block's layer).
        var before: Normalization?
        /// Normalisation of what is written, folded into the weights.
        var after: Normalization?
        var relu = false
    }

    struct Step: Sendable {
        var kernel: Kernel
        /// Values are called by the node whose activation they are.
        var inputs: [Network.NodeID]
        var output: Network.NodeID
    }

    let network: Network
    var steps: [Step]
    /// Of every value: the network's nodes, and what lowering added.
    var channels: [Int]
    /// Values in lower precision.
    var lowValues: Set<Network.NodeID> = []

    init(_ network: Network, fusion: Fusion) {
        self.network = network
        channels = network.channels
        var compiler = Compiler(network: network, fusion: fusion)
        steps = compiler.compile()
    }
}

/// Finds what can be done in one step.
private struct Compiler {
    let network: Network
    let fusion: Program.Fusion
    /// The nodes that read a node's activation.
    let consumers: [[Network.NodeID]]
    var absorbed: Set<Network.NodeID> = []
    var steps: [Program.Step] = []

    init(network: Network, fusion: Program.Fusion) {
        self.network = network
        self.fusion = fusion
        var consumers: [[Network.NodeID]] = Array(repeating: [], count: network.nodes.count)
        for (id, node) in network.nodes.enumerated() { for input in node.inputs { consumers[input].append(id) } }
        self.consumers = consumers
    }

    /// A step stands where its last node stands: by then all its inputs are there.
    mutating func compile() -> [Program.Step] {
        for (id, node) in network.nodes.enumerated() where !absorbed.contains(id) { compile(id, node) }
        return steps.sorted { $0.output < $1.output }
    }

    private mutating func compile(_ id: Network.NodeID, _ node: Network.Node) {
        switch node.operation {
        case .input: break
        case .convolution(let layer): compileConvolution(id, layer, inputs: node.inputs, before: nil)
        case .transposedConvolution(let layer): emit(.transposed(layer), node, id)
        case .normalization(let name, let epsilon):
            compileNormalization(id, node, Program.Normalization(name: name, epsilon: epsilon))
        case .relu: emit(.relu, node, id)
        case .add:
            let relu = absorb(after: id, where: { $0 == .relu })
            emit(.add(relu: relu != nil), node, relu ?? id)
        case .concatenation: emit(.concatenation, node, id)
        case .maxPool(let kernel, let stride, let padding):
            emit(.maxPool(kernel: kernel, stride: stride, padding: padding), node, id)
        case .globalAverage: emit(.globalAverage, node, id)
        }
    }

    private mutating func compileConvolution(
        _ id: Network.NodeID, _ layer: Network.Convolution, inputs: [Network.NodeID], before: Program.Normalization?
    ) {
        var fused = Program.FusedConvolution(layer: layer, inputs: network.channels[inputs[0]], before: before)
        guard fusion != .training else {
            return steps.append(Program.Step(kernel: .convolution(fused), inputs: inputs, output: id))
        }
        var inputs = inputs
        var last = id
        if let norm = absorb(after: last, where: { if case .normalization = $0 { true } else { false } }),
            case .normalization(let name, let epsilon) = network.nodes[norm].operation
        {
            fused.after = Program.Normalization(name: name, epsilon: epsilon)
            last = norm
        }
        if let sum = absorb(after: last, where: { $0 == .add }) {
            inputs.append(
                network.nodes[sum].inputs[0] == last ? network.nodes[sum].inputs[1] : network.nodes[sum].inputs[0])
            last = sum
        }
        if let relu = absorb(after: last, where: { $0 == .relu }) {
            fused.relu = true
            last = relu
        }
        steps.append(Program.Step(kernel: .convolution(fused), inputs: inputs, output: last))
    }

    private mutating func compileNormalization(
        _ id: Network.NodeID, _ node: Network.Node, _ norm: Program.Normalization
    ) {
        if fusion == .training, let sum = absorbSum(after: id, inputs: node.inputs) {
            let relu = absorb(after: sum.output, where: { $0 == .relu })
            return steps.append(
                Program.Step(
                    kernel: .normalization(norm, relu: relu != nil), inputs: sum.inputs, output: relu ?? sum.output))
        }
        guard let relu = absorb(after: id, where: { $0 == .relu }) else {
            return emit(.normalization(norm, relu: false), node, id)
        }
        if fusion.activatesInputs,
            let next = absorb(after: relu, where: { [fusion] in Self.takesNormalization($0, fusion) }),
            case .convolution(let layer) = network.nodes[next].operation
        {
            compileConvolution(next, layer, inputs: node.inputs, before: norm)
        } else {
            emit(.normalization(norm, relu: true), node, relu)
        }
    }

    /// Training keeps what other convolutions than a dense block's read, since their gradients read it again.
    private static func takesNormalization(_ operation: Network.Operation, _ fusion: Program.Fusion) -> Bool {
        guard case .convolution(let layer) = operation else { return false }
        return fusion != .training || DenseLayerBackwardStage.suits(layer)
    }

    /// The sum after a node, with its other part as a second input; of two that could take it in, the first does.
    private mutating func absorbSum(
        after id: Network.NodeID, inputs: [Network.NodeID]
    ) -> (inputs: [Network.NodeID], output: Network.NodeID)? {
        guard let sum = absorb(after: id, where: { $0 == .add }) else { return nil }
        let parts = network.nodes[sum].inputs
        return (inputs + [parts[0] == id ? parts[1] : parts[0]], sum)
    }

    private mutating func emit(_ kernel: Program.Kernel, _ node: Network.Node, _ output: Network.NodeID) {
        steps.append(Program.Step(kernel: kernel, inputs: node.inputs, output: output))
    }

    /// The only reader of a node's activation, if it is such an operation, nobody has it yet and the network does not
    /// return the activation itself.
    private mutating func absorb(
        after id: Network.NodeID, where suits: (Network.Operation) -> Bool
    ) -> Network.NodeID? {
        guard consumers[id].count == 1, !network.outputs.values.contains(id) else { return nil }
        let next = consumers[id][0]
        guard !absorbed.contains(next), suits(network.nodes[next].operation) else { return nil }
        absorbed.insert(next)
        return next
    }
}
