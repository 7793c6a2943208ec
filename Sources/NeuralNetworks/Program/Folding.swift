/// y = scale · x + shift per channel: batch normalisation with its running statistics.
struct ScaleShift: Sendable, Equatable {
    var scale: [Float]
    var shift: [Float]

    init(scale: [Float], shift: [Float]) {
        self.scale = scale
        self.shift = shift
    }

    init(_ norm: Program.Normalization, _ weights: NetworkWeights) throws {
        let weight = try weights.tensor(norm.name + ".weight").values
        let bias = try weights.tensor(norm.name + ".bias").values
        let mean = try weights.tensor(norm.name + ".running_mean").values
        let variance = try weights.tensor(norm.name + ".running_var").values
        let scale = zip(weight, variance).map { $0 / max($1 + norm.epsilon, .leastNormalMagnitude).squareRoot() }
        self.scale = scale
        shift = weight.indices.map { bias[$0] - mean[$0] * scale[$0] }
    }
}

/// A convolution's stored weights with the normalisation that follows taken in: output o is
/// scale[o] · Σ weight[o] x + bias[o].
struct FoldedConvolution {
    /// As stored: outputs × inputs × kernel × kernel; a transposed one has inputs first.
    let weight: [Float]
    /// Nil stands for 1.
    let scale: [Float]?
    let bias: [Float]

    init(_ fused: Program.FusedConvolution, _ weights: NetworkWeights) throws {
        let after = try fused.after.map { try ScaleShift($0, weights) }
        try self.init(fused.layer, after: after, weights)
    }

    init(_ layer: Network.Convolution, after: ScaleShift? = nil, _ weights: NetworkWeights) throws {
        weight = try weights.tensor(layer.name + ".weight").values
        scale = after?.scale
        var bias =
            layer.hasBias
            ? try weights.tensor(layer.name + ".bias").values : Array(repeating: 0, count: layer.outputs)
        if let after {
            for output in bias.indices { bias[output] = bias[output] * after.scale[output] + after.shift[output] }
        }
        self.bias = bias
    }
}
