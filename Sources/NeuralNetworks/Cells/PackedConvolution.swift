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
    /// Of what is read.
    let element: Element
    private let inputs: Int

    /// Weights in f32 that somebody else packs, and packs again when they change.
    init(
        _ layer: Network.Convolution, inputs: Int, weights: CellBuffer, bias: CellBuffer,
        before: (scale: CellBuffer, shift: CellBuffer)? = nil
    ) {
        self.layer = layer
        self.inputs = inputs
        self.weights = weights
        self.bias = bias
        self.before = before
        relu = false
        scale = nil
        element = .f32
    }

    /// - Parameters:
    ///   - element: of the input, and of the weights.
    ///   - weights: of the network.
    init(
        _ fused: Program.FusedConvolution, _ method: ConvolutionMethod, _ element: Element, _ weights: NetworkWeights
    ) throws {
        layer = fused.layer
        relu = fused.relu
        inputs = fused.inputs
        let outputs = layer.outputs
        let folded = try FoldedConvolution(fused, weights)
        before = try fused.before.map { norm in
            let activation = try ScaleShift(norm, weights)
            return (CellBuffer(perChannel: activation.scale), CellBuffer(perChannel: activation.shift))
        }
        self.element = element
        let made: Packed
        switch (element, method) {
        case (.f32, _): made = Packed(weights: Self.pack(folded, fused, method))
        case (_, .stem):
            let rows = Self.spreadRows(folded.weight, outputs: outputs, inputs: inputs, kernel: layer.kernel, element)
            made = Self.packLow(rows, folded.scale, outputs: outputs, kernel: 1, element)
        default: made = Self.packLow(folded.weight, folded.scale, outputs: outputs, kernel: layer.kernel, element)
        }
        self.weights = made.weights
        scale = made.scale.map { CellBuffer(perChannel: $0) }
        // A byte stands for (byte − zero) · scale: the zeros' share of each sum is taken off at its end.
        let shares = made.sums.indices.map { -Float(element.zero) * made.scale![$0] * made.sums[$0] }
        let biases = folded.bias.indices.map { folded.bias[$0] + (shares.isEmpty ? 0 : shares[$0]) }
        bias = CellBuffer(perChannel: biases)
    }

    private struct Packed {
        var weights: CellBuffer
        /// Of products of bytes.
        var scale: [Float]?
        /// Of each output's bytes.
        var sums: [Float] = []
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
    /// - Parameter weight: outputs × inputs × kernel × kernel, whole cells of inputs.
    private static func packLow(
        _ weight: [Float], _ scale: [Float]?, outputs: Int, kernel: Int, _ element: Element
    ) -> Packed {
        let taps = kernel * kernel
        let each = weight.count / outputs
        let inputs = Int64(each / taps)
        let packed = CellBuffer(
            floats: Cells.blocks(outputs) * Cells.channels * each * Cells.channels / element.channels)
        guard case .u8(let input, _) = element else {
            nn_cells_pack_bf16(weight, Int64(outputs), inputs, Int64(taps), scale, packed.start)
            return Packed(weights: packed)
        }
        var steps: [Float] = []
        var sums: [Float] = []
        for output in 0..<outputs {
            let values = weight[output * each..<(output + 1) * each]
            let factor = scale?[output] ?? 1
            let step = values.reduce(0) { max($0, abs($1)) } * abs(factor) / 127
            steps.append(step)
            sums.append(step > 0 ? values.reduce(0) { $0 + ($1 * factor / step).rounded(.toNearestOrEven) } : 0)
        }
        nn_cells_pack_s8(weight, Int64(outputs), inputs, Int64(taps), scale, steps, packed.start)
        return Packed(weights: packed, scale: steps.map { $0 * input }, sums: sums)
    }

    /// A kernel's rows as `nn_cells_columns` lays out what they meet: room for eight taps each, the rest of it 0.
    static func spreadRows(
        _ weight: [Float], outputs: Int, inputs: Int, kernel: Int, _ element: Element
    ) -> [Float] {
        let wide = StemStage.widestKernel
        let rows = inputs * kernel
        let filled = StemStage.blocks(channels: inputs, kernel: kernel, element) * element.channels / wide
        var spread = [Float](repeating: 0, count: outputs * filled * wide)
        for output in 0..<outputs {
            for row in 0..<rows {
                for tap in 0..<kernel {
                    spread[(output * filled + row) * wide + tap] = weight[(output * rows + row) * kernel + tap]
                }
            }
        }
        return spread
    }

    private static func packHalfCells(
        _ folded: FoldedConvolution, outputs: Int, inputs: Int, kernel: Int
    ) -> CellBuffer {
        let spread = spreadRows(folded.weight, outputs: outputs, inputs: inputs, kernel: kernel, .f32)
        let each = Int64(spread.count / outputs)
        let packed = CellBuffer(floats: Int(nn_cells_packed(Int64(outputs), each, 1)))
        nn_cells_pack(spread, Int64(outputs), each, each, 1, [0], 1, folded.scale, packed.start)
        return packed
    }
}
