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
    /// Of products of bytes: the scale of the input times that of each output's weights.
    let scale: CellBuffer?
    private let inputs: Int

    /// - Parameters:
    ///   - element: of the input, and of the weights.
    ///   - weights: of the network.
    init(
        _ fused: Program.FusedConvolution, _ method: ConvolutionMethod, _ element: Element, _ weights: NetworkWeights
    ) {
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
        (self.weights, scale) =
            element == .f32
            ? (Self.pack(folded, fused, method), nil)
            : Self.packLow(folded, outputs: outputs, inputs: inputs, kernel: layer.kernel, element: element)
    }

    private static func pack(
        _ folded: FoldedConvolution, _ fused: Program.FusedConvolution, _ method: ConvolutionMethod
    ) -> CellBuffer {
        let outputs = fused.layer.outputs
        let inputs = fused.inputs
        let kernel = fused.layer.kernel
        switch method {
        case .pointwise, .direct: return packCells(folded, outputs: outputs, inputs: inputs, kernel: kernel)
        case .stem: return packHalfCells(folded, outputs: outputs, inputs: inputs, kernel: kernel)
        case .winograd:
            let floats = Int(nn_cells_packed(Int64(outputs), Int64(inputs), 1))
            let packed = CellBuffer(floats: Winograd.positions * floats)
            nn_winograd_weights(folded.weight, Int64(outputs), Int64(inputs), folded.scale, packed.start)
            return packed
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
            weights: weights, bias: biased ? bias : nil, scale: scale, taps: taps, outputs: layer.outputs,
            relu: biased && relu, parts: parts)
    }

    private static func packCells(_ folded: FoldedConvolution, outputs: Int, inputs: Int, kernel: Int) -> CellBuffer {
        let taps = kernel * kernel
        let packed = CellBuffer(floats: Int(nn_cells_packed(Int64(outputs), Int64(inputs), Int64(taps))))
        nn_cells_pack(
            folded.weight, Int64(outputs), Int64(inputs), Int64(inputs * taps), Int64(taps),
            (0..<taps).map(Int64.init), Int64(taps), folded.scale, packed.start)
        return packed
    }

    /// Weights as bf16, or as bytes of 1/127 of each output's largest weight.
    private static func packLow(
        _ folded: FoldedConvolution, outputs: Int, inputs: Int, kernel: Int, element: Element
    ) -> (weights: CellBuffer, scale: CellBuffer?) {
        let taps = kernel * kernel
        let packed = CellBuffer(
            floats: Cells.blocks(outputs) * Cells.channels * inputs * taps * Cells.channels / element.channels)
        guard case .u8(let scale, _) = element else {
            nn_cells_pack_bf16(
                folded.weight, Int64(outputs), Int64(inputs), Int64(taps), folded.scale, packed.start)
            return (packed, nil)
        }
        let each = inputs * taps
        let steps = (0..<outputs).map { output in
            let largest = folded.weight[output * each..<(output + 1) * each].reduce(0) { max($0, abs($1)) }
            return largest * abs(folded.scale?[output] ?? 1) / 127
        }
        nn_cells_pack_s8(
            folded.weight, Int64(outputs), Int64(inputs), Int64(taps), folded.scale, steps, packed.start)
        return (packed, CellBuffer(steps.map { $0 * scale }))
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
