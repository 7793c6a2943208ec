import CKernels

/// How a convolution is computed.
enum ConvolutionMethod: Sendable, Hashable {
    case stem
    case pointwise
    case direct
    case winograd
}

/// A convolution's weights in the order in which one method reads them. Packed once, shared by all plans.
final class PackedConvolution: Sendable {
    let layer: Network.Convolution
    let relu: Bool
    let before: (scale: CellBuffer, shift: CellBuffer)?
    let weights: CellBuffer
    let bias: CellBuffer
    private let inputs: Int

    /// - Parameters:
    ///   - fused: not transposed.
    ///   - weights: of the network.
    init(_ fused: Program.FusedConvolution, _ method: ConvolutionMethod, _ weights: NetworkWeights) {
        layer = fused.layer
        relu = fused.relu
        inputs = fused.inputs
        let outputs = layer.outputs
        let folded = FoldedConvolution(fused, weights)
        before = fused.before.map { norm in
            let activation = ScaleShift(norm, weights).padded(to: Cells.blocks(fused.inputs) * Cells.channels)
            return (CellBuffer(activation.scale), CellBuffer(activation.shift))
        }
        bias = CellBuffer(folded.bias + Array(repeating: 0, count: Cells.blocks(outputs) * Cells.channels - outputs))
        switch method {
        case .pointwise, .direct:
            self.weights = Self.pack(folded, outputs: outputs, inputs: inputs, kernel: layer.kernel)
        case .stem: self.weights = Self.packHalfCells(folded, outputs: outputs, inputs: inputs, kernel: layer.kernel)
        case .winograd:
            let floats = nn_cells_packed(Int64(outputs), Int64(inputs), 1)
            self.weights = CellBuffer(floats: Winograd.positions * Int(floats))
            nn_winograd_weights(folded.weight, Int64(outputs), Int64(inputs), folded.scale, self.weights.start)
        }
    }

    /// Floats between the weights of Winograd's positions.
    var positionFloats: Int { Int(nn_cells_packed(Int64(layer.outputs), Int64(inputs), 1)) }

    /// Winograd's weights of one position from an input block on, where all outputs are one group.
    func narrowWeights(position: Int, block: Int) -> UnsafeMutablePointer<Float> {
        let width = min(2, Cells.blocks(layer.outputs)) * Cells.channels
        return weights.start + position * positionFloats + block * Cells.channels * width
    }

    func groups(taps: [Int], parts: Int, biased: Bool = true) -> OutputGroups {
        OutputGroups(
            weights: weights, bias: biased ? bias : nil, taps: taps, outputs: layer.outputs, relu: biased && relu,
            parts: parts)
    }

    private static func pack(_ folded: FoldedConvolution, outputs: Int, inputs: Int, kernel: Int) -> CellBuffer {
        let taps = kernel * kernel
        let packed = CellBuffer(floats: Int(nn_cells_packed(Int64(outputs), Int64(inputs), Int64(taps))))
        nn_cells_pack(
            folded.weight, Int64(outputs), Int64(inputs), Int64(inputs * taps), Int64(taps),
            (0..<taps).map(Int64.init), Int64(taps), folded.scale, packed.start)
        return packed
    }

    /// A kernel's rows as `nn_cells_columns` lays out what they meet: half a cell each, the rest of it 0.
    private static func packHalfCells(
        _ folded: FoldedConvolution, outputs: Int, inputs: Int, kernel: Int
    ) -> CellBuffer {
        let half = StemStage.widestKernel
        let rows = inputs * kernel
        var spread = [Float](repeating: 0, count: outputs * rows * half)
        for row in 0..<outputs * rows {
            for tap in 0..<kernel { spread[row * half + tap] = folded.weight[row * kernel + tap] }
        }
        let packed = CellBuffer(floats: Int(nn_cells_packed(Int64(outputs), Int64(rows * half), 1)))
        nn_cells_pack(
            spread, Int64(outputs), Int64(rows * half), Int64(rows * half), 1, [0], 1, folded.scale, packed.start)
        return packed
    }
}
