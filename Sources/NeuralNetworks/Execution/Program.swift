/// A network and its weights as a list of steps: batch normalisation folded into the convolution before it, sums and
/// ReLU done where values are written. Independent of the input's size.
struct Program: Sendable {
    enum Kernel: Sendable {
        /// Inputs: x, and the residual where there is one.
        case convolution(ConvolutionKernel)
        /// Normalisation, ReLU and a 3×3 convolution onto few maps.
        case narrow(NarrowKernel)
        /// Inputs: x, and the value whose size the result is cropped to.
        case transposed(TransposedKernel)
        case scaleShift(ScaleShiftKernel)
        case add(relu: Bool)
        case relu
        case concatenation
        case maxPool(kernel: Int, stride: Int, padding: Int)
        case globalAverage
    }

    struct Step: Sendable {
        var kernel: Kernel
        /// Values are called by the node whose activation they are.
        var inputs: [Network.NodeID]
        var output: Network.NodeID
    }

    let network: Network
    let steps: [Step]

    init(_ weights: NetworkWeights) {
        network = weights.network
        var compiler = Compiler(weights: weights)
        steps = compiler.compile()
    }
}

/// Finds what can be done in one step.
private struct Compiler {
    let weights: NetworkWeights
    let network: Network
    /// The nodes that read a node's activation.
    let consumers: [[Network.NodeID]]
    var absorbed: Set<Network.NodeID> = []
    var steps: [Program.Step] = []

    init(weights: NetworkWeights) {
        self.weights = weights
        network = weights.network
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
        case .convolution(let layer): compileConvolution(id, node, layer)
        case .transposedConvolution(let layer):
            emit(.transposed(TransposedKernel(layer, inputs: network.channels[node.inputs[0]], weights)), node, id)
        case .normalization(let name, let epsilon): compileNormalization(id, node, name, epsilon)
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
        _ id: Network.NodeID, _ node: Network.Node, _ layer: Network.Convolution
    ) {
        var kernel = ConvolutionKernel(layer, inputs: network.channels[node.inputs[0]], weights)
        var inputs = node.inputs
        var last = id
        if let norm = absorb(after: last, where: { if case .normalization = $0 { true } else { false } }),
            case .normalization(let name, let epsilon) = network.nodes[norm].operation
        {
            kernel.fold(ScaleShiftKernel(name, epsilon: epsilon, relu: false, weights))
            last = norm
        }
        if let sum = absorb(after: last, where: { $0 == .add }) {
            inputs.append(
                network.nodes[sum].inputs[0] == last ? network.nodes[sum].inputs[1] : network.nodes[sum].inputs[0])
            last = sum
        }
        if let relu = absorb(after: last, where: { $0 == .relu }) {
            kernel.relu = true
            last = relu
        }
        steps.append(Program.Step(kernel: .convolution(kernel), inputs: inputs, output: last))
    }

    private mutating func compileNormalization(
        _ id: Network.NodeID, _ node: Network.Node, _ name: String, _ epsilon: Float
    ) {
        guard let relu = absorb(after: id, where: { $0 == .relu }) else {
            return emit(.scaleShift(ScaleShiftKernel(name, epsilon: epsilon, relu: false, weights)), node, id)
        }
        let scaleShift = ScaleShiftKernel(name, epsilon: epsilon, relu: true, weights)
        let channels = network.channels[node.inputs[0]]
        if let next = absorb(after: relu, where: { NarrowKernel.suits($0) }),
            case .convolution(let layer) = network.nodes[next].operation
        {
            emit(.narrow(NarrowKernel(layer, inputs: channels, scaleShift, weights)), node, next)
        } else {
            emit(.scaleShift(scaleShift), node, relu)
        }
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
