import CKernels

/// A step's weights as a matrix product wants them.
enum ColumnsKernel: Sendable {
    case convolution(ConvolutionKernel)
    case transposed(TransposedKernel)
    case scaleShift(ScaleShift, relu: Bool)
    /// The step has none.
    case none

    init(_ step: Program.Step, _ network: Network, _ weights: NetworkWeights) throws {
        switch step.kernel {
        case .convolution(let fused): self = .convolution(try ConvolutionKernel(fused, weights))
        case .transposed(let layer):
            self = .transposed(try TransposedKernel(layer, inputs: network.channels[step.inputs[0]], weights))
        case .normalization(let norm, let relu): self = .scaleShift(try ScaleShift(norm, weights), relu: relu)
        case .add, .relu, .concatenation, .maxPool, .globalAverage, .narrow: self = .none
        }
    }
}

/// A convolution as a matrix product: `weight` is outputs × (inputs · kernel²).
struct ConvolutionKernel: Sendable {
    let layer: Network.Convolution
    let inputs: Int
    let relu: Bool
    private(set) var weight: [Float]
    let bias: [Float]

    init(_ fused: Program.FusedConvolution, _ weights: NetworkWeights) throws {
        layer = fused.layer
        inputs = fused.inputs
        relu = fused.relu
        let folded = try FoldedConvolution(fused, weights)
        weight = folded.weight
        bias = folded.bias
        if let scale = folded.scale { nn_scale_rows(&weight, Int64(layer.outputs), Int64(depth), scale) }
    }

    /// Rows of the columns matrix.
    var depth: Int { inputs * layer.kernel * layer.kernel }

    /// Whether the input itself is the columns matrix.
    var isPointwise: Bool { layer.kernel == 1 && layer.stride == 1 && layer.padding == 0 }
}

/// A transposed convolution: a product with (outputs · kernel²) × inputs, then each column is added where it belongs.
struct TransposedKernel: Sendable {
    let layer: Network.Convolution
    let inputs: Int
    /// inputs × (outputs · kernel²), as stored; the product transposes it.
    let weight: [Float]
    let bias: [Float]

    init(_ layer: Network.Convolution, inputs: Int, _ weights: NetworkWeights) throws {
        self.layer = layer
        self.inputs = inputs
        let folded = try FoldedConvolution(layer, weights)
        weight = folded.weight
        bias = folded.bias
    }

    /// Rows of the product.
    var height: Int { layer.outputs * layer.kernel * layer.kernel }
}
