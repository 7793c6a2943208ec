import CKernels

/// y = scale · x + shift per channel: batch normalisation with its running statistics.
struct ScaleShiftKernel: Sendable {
    var scale: [Float]
    var shift: [Float]
    var relu: Bool

    init(_ name: String, epsilon: Float, relu: Bool, _ weights: NetworkWeights) {
        let weight = weights[name + ".weight"].values
        let bias = weights[name + ".bias"].values
        let mean = weights[name + ".running_mean"].values
        let variance = weights[name + ".running_var"].values
        scale = zip(weight, variance).map { $0 / max($1 + epsilon, .leastNormalMagnitude).squareRoot() }
        shift = weight.indices.map { [scale] in bias[$0] - mean[$0] * scale[$0] }
        self.relu = relu
    }
}

/// A convolution as a matrix product: `weight` is outputs × (inputs · kernel²).
struct ConvolutionKernel: Sendable {
    var layer: Network.Convolution
    var inputs: Int
    var weight: [Float]
    var bias: [Float]
    var relu = false

    init(_ layer: Network.Convolution, inputs: Int, _ weights: NetworkWeights) {
        self.layer = layer
        self.inputs = inputs
        weight = weights[layer.name + ".weight"].values
        bias = layer.hasBias ? weights[layer.name + ".bias"].values : Array(repeating: 0, count: layer.outputs)
    }

    /// Rows of the columns matrix.
    var depth: Int { inputs * layer.kernel * layer.kernel }

    /// Whether the input itself is the columns matrix.
    var isPointwise: Bool { layer.kernel == 1 && layer.stride == 1 && layer.padding == 0 }

    /// Takes in the normalisation that follows.
    mutating func fold(_ norm: ScaleShiftKernel) {
        nn_scale_rows(&weight, Int64(layer.outputs), Int64(depth), norm.scale)
        for output in bias.indices { bias[output] = bias[output] * norm.scale[output] + norm.shift[output] }
    }
}

/// Normalisation, ReLU and a 3×3 convolution onto at most 16 maps (`nn_convolve_narrow`).
struct NarrowKernel: Sendable {
    var scaleShift: ScaleShiftKernel
    var inputs: Int
    var outputs: Int
    /// inputs × 3 × 3 × 16.
    var weight: [Float]
    /// 16 values.
    var bias: [Float]

    static let maps = Int(NN_NARROW_MAPS)

    static func suits(_ operation: Network.Operation) -> Bool {
        guard case .convolution(let layer) = operation else { return false }
        return layer.kernel == 3 && layer.stride == 1 && layer.padding == 1 && layer.outputs <= maps
    }

    init(_ layer: Network.Convolution, inputs: Int, _ scaleShift: ScaleShiftKernel, _ weights: NetworkWeights) {
        self.scaleShift = scaleShift
        self.inputs = inputs
        outputs = layer.outputs
        weight = Array(repeating: 0, count: inputs * 9 * Self.maps)
        nn_pack_narrow(weights[layer.name + ".weight"].values, Int64(layer.outputs), Int64(inputs), &weight)
        bias = Array(repeating: 0, count: Self.maps)
        if layer.hasBias { bias.replaceSubrange(0..<outputs, with: weights[layer.name + ".bias"].values) }
    }
}

/// A transposed convolution: a product with (outputs · kernel²) × inputs, then each column is added where it belongs.
struct TransposedKernel: Sendable {
    var layer: Network.Convolution
    var inputs: Int
    /// inputs × (outputs · kernel²), as stored; the product transposes it.
    var weight: [Float]
    var bias: [Float]

    init(_ layer: Network.Convolution, inputs: Int, _ weights: NetworkWeights) {
        self.layer = layer
        self.inputs = inputs
        weight = weights[layer.name + ".weight"].values
        bias = layer.hasBias ? weights[layer.name + ".bias"].values : Array(repeating: 0, count: layer.outputs)
    }

    /// Rows of the product.
    var height: Int { layer.outputs * layer.kernel * layer.kernel }
}
