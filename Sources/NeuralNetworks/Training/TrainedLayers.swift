/// A convolution that is trained.
final class TrainedConvolution: Sendable {
    let layer: Network.Convolution
    let inputs: Int
    let isTransposed: Bool
    let isStem: Bool
    let weight: TrainedTensor
    let bias: TrainedTensor?
    /// The layer's, or zeros where it has none.
    let biasValues: CellBuffer

    init(_ layer: Network.Convolution, inputs: Int, isTransposed: Bool, isStem: Bool) {
        self.layer = layer
        self.inputs = inputs
        self.isTransposed = isTransposed
        self.isStem = isStem
        let parameters = layer.parameters(inputs: inputs, isTransposed: isTransposed)
        weight = TrainedTensor(
            parameters[0],
            isStem
                ? .halfCells(outputs: layer.outputs, inputs: inputs, kernel: layer.kernel)
                : .packed(outputs: layer.outputs, inputs: inputs, kernel: layer.kernel, isTransposed: isTransposed))
        bias = layer.hasBias ? TrainedTensor(parameters[1], .perChannel(layer.outputs)) : nil
        biasValues = bias?.weight ?? CellBuffer(perChannel: Array(repeating: 0, count: layer.outputs))
    }

    /// How it is computed forward.
    var method: ConvolutionMethod {
        if isStem { return .stem }
        if layer.kernel == 1, layer.stride == 1, layer.padding == 0 { return .pointwise }
        return Winograd.suits(layer) ? .winograd : .direct
    }

    var tensors: [TrainedTensor] { bias.map { [weight, $0] } ?? [weight] }
}

/// A batch normalisation that is trained: y = scale · x + shift with scale = weight / √(variance + ε).
final class TrainedNormalization: Sendable {
    let norm: Program.Normalization
    let weight: TrainedTensor
    let bias: TrainedTensor
    let runningMean: TrainedTensor
    let runningVariance: TrainedTensor
    /// Of the present batch.
    let scale: CellBuffer
    let shift: CellBuffer
    let mean: CellBuffer
    let inverseDeviation: CellBuffer

    init(_ norm: Program.Normalization, channels: Int) {
        self.norm = norm
        func tensor(_ part: String) -> TrainedTensor {
            TrainedTensor(Network.Parameter(name: "\(norm.name).\(part)", shape: [channels]), .perChannel(channels))
        }
        weight = tensor("weight")
        bias = tensor("bias")
        runningMean = tensor("running_mean")
        runningVariance = tensor("running_var")
        let zeros = [Float](repeating: 0, count: channels)
        scale = CellBuffer(perChannel: zeros)
        shift = CellBuffer(perChannel: zeros)
        mean = CellBuffer(perChannel: zeros)
        inverseDeviation = CellBuffer(perChannel: zeros)
    }

    var tensors: [TrainedTensor] { [weight, bias, runningMean, runningVariance] }

    /// Makes scale and shift of one block of channels from its batch's statistics, and moves the running ones.
    /// - Parameters:
    ///   - mean, variance: of each channel over `pixels` values; the variance is the biased one.
    ///   - momentum: what the running statistics move towards the batch's.
    func prepare(
        block: Int, mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, pixels: Int, momentum: Float
    ) {
        let unbiased = pixels > 1 ? Float(pixels) / Float(pixels - 1) : 1
        for channel in block * Cells.channels..<(block + 1) * Cells.channels {
            let lane = channel - block * Cells.channels
            set(channel, mean: mean[lane], variance: variance[lane])
            let running = (runningMean.weight.start, runningVariance.weight.start)
            running.0[channel] += momentum * (mean[lane] - running.0[channel])
            running.1[channel] += momentum * (unbiased * variance[lane] - running.1[channel])
        }
    }

    /// The same from the running statistics.
    func prepareFrozen() {
        for channel in 0..<scale.count {
            set(
                channel, mean: runningMean.weight.start[channel], variance: runningVariance.weight.start[channel])
        }
    }

    private func set(_ channel: Int, mean value: Float, variance: Float) {
        let inverse = 1 / max(variance + norm.epsilon, .leastNormalMagnitude).squareRoot()
        mean.start[channel] = value
        inverseDeviation.start[channel] = inverse
        scale.start[channel] = weight.weight.start[channel] * inverse
        shift.start[channel] = bias.weight.start[channel] - value * scale.start[channel]
    }
}
