import CKernels

/// One trainable tensor (or running statistic) in the order in which kernels read it, with what an update needs.
///
/// Channels that do not exist are 0 in all of them and stay so. A step's stages write gradients; nothing else happens at
/// the same time.
final class TrainedTensor: Sendable {
    /// How the numbers lie.
    enum Layout: Sendable, Equatable {
        /// As products read them: `nn_cells_pack`. Stored with outputs first, or with inputs first (transposed).
        case packed(outputs: Int, inputs: Int, kernel: Int, isTransposed: Bool)
        /// A kernel's rows as the stem reads them: ``PackedConvolution/spreadRows(_:outputs:inputs:kernel:_:)``.
        case halfCells(outputs: Int, inputs: Int, kernel: Int)
        case perChannel(Int)
    }

    let parameter: Network.Parameter
    let layout: Layout
    let isBuffer: Bool
    let weight: CellBuffer
    /// Empty for buffers.
    let gradient: CellBuffer
    let velocity: CellBuffer
    let average: CellBuffer

    init(_ parameter: Network.Parameter, _ layout: Layout) {
        self.parameter = parameter
        self.layout = layout
        isBuffer = Network.isBuffer(parameter.name)
        let floats = layout.floats
        weight = CellBuffer(zeros: floats)
        average = CellBuffer(zeros: floats)
        gradient = CellBuffer(zeros: isBuffer ? 0 : floats)
        velocity = CellBuffer(zeros: isBuffer ? 0 : floats)
    }

    var count: Int { weight.count }

    /// - Precondition: the parameter's shape.
    func load(_ tensor: Tensor) {
        precondition(tensor.shape == parameter.shape)
        layout.pack(tensor.values, into: weight.start)
        average.start.update(from: weight.start, count: count)
    }

    /// In PyTorch's shape.
    func tensor(of buffer: CellBuffer) -> Tensor {
        Tensor(shape: parameter.shape, values: layout.unpack(buffer.start, count: parameter.shape.reduce(1, *)))
    }
}

extension TrainedTensor.Layout {
    var floats: Int {
        switch self {
        case .packed(let outputs, let inputs, let kernel, _):
            Int(nn_cells_packed(Int64(outputs), Int64(inputs), Int64(kernel * kernel)))
        case .halfCells(let outputs, let inputs, let kernel):
            Cells.blocks(outputs) * Cells.channels * Self.columns(inputs, kernel)
        case .perChannel(let count): Cells.blocks(count) * Cells.channels
        }
    }

    private static func columns(_ inputs: Int, _ kernel: Int) -> Int {
        StemStage.blocks(channels: inputs, kernel: kernel, .f32) * Cells.channels
    }

    fileprivate func pack(_ values: [Float], into packed: UnsafeMutablePointer<Float>) {
        switch self {
        case .packed(let outputs, let inputs, let kernel, let isTransposed):
            let taps = kernel * kernel
            nn_cells_pack(
                values, Int64(outputs), Int64(inputs), Int64(isTransposed ? taps : inputs * taps),
                Int64(isTransposed ? outputs * taps : taps), (0..<taps).map(Int64.init), Int64(taps), nil, packed)
        case .halfCells(let outputs, let inputs, let kernel):
            let spread = PackedConvolution.spreadRows(values, outputs: outputs, inputs: inputs, kernel: kernel, .f32)
            let each = Int64(Self.columns(inputs, kernel))
            nn_cells_pack(spread, Int64(outputs), each, each, 1, [0], 1, nil, packed)
        case .perChannel: packed.update(from: values, count: values.count)
        }
    }

    fileprivate func unpack(_ packed: UnsafePointer<Float>, count: Int) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        switch self {
        case .packed(let outputs, let inputs, let kernel, let isTransposed):
            let taps = kernel * kernel
            nn_cells_unpack(
                packed, Int64(outputs), Int64(inputs), Int64(isTransposed ? taps : inputs * taps),
                Int64(isTransposed ? outputs * taps : taps), (0..<taps).map(Int64.init), Int64(taps), &values)
        case .halfCells(let outputs, let inputs, let kernel):
            let each = Self.columns(inputs, kernel)
            var spread = [Float](repeating: 0, count: outputs * each)
            nn_cells_unpack(packed, Int64(outputs), Int64(each), Int64(each), 1, [0], 1, &spread)
            let rows = inputs * kernel
            for output in 0..<outputs {
                for row in 0..<rows {
                    for tap in 0..<kernel {
                        values[(output * rows + row) * kernel + tap] =
                            spread[output * each + row * StemStage.widestKernel + tap]
                    }
                }
            }
        case .perChannel: for index in 0..<count { values[index] = packed[index] }
        }
        return values
    }

    /// 1 where a weight exists and 0 elsewhere; nil where the kernels leave the others at 0 by themselves.
    var mask: CellBuffer? {
        guard case .halfCells(let outputs, let inputs, let kernel) = self else { return nil }
        let mask = CellBuffer(floats: floats)
        pack(Array(repeating: 1, count: outputs * inputs * kernel * kernel), into: mask.start)
        return mask
    }
}
