/// A tensor as signed bytes with a scale for each index of its first dimension: value = byte × scale.
///
/// The first dimension is a convolution's outputs and a transposed convolution's inputs, as PyTorch stores them. Bytes lie
/// in -127...127, so that the grid is symmetric.
struct ChannelQuantization: Equatable {
    private(set) var bytes: [Int8]
    /// One for each index of dimension 0; 0 where all values are 0.
    private(set) var scales: [Float]

    /// Shares of the largest magnitude that are tried as the end of the grid: to cut off a few outliers may cost less than
    /// the coarser grid that would hold them.
    private static let shares: [Float] = (0..<24).map { 1 - 0.02 * Float($0) }

    /// - Parameter tensor: finite values, at least one dimension.
    init(_ tensor: Tensor) {
        let channels = tensor.shape[0]
        let size = channels == 0 ? 0 : tensor.count / channels
        scales = []
        scales.reserveCapacity(channels)
        bytes = []
        bytes.reserveCapacity(tensor.count)
        for channel in 0..<channels {
            let values = tensor.values[channel * size..<(channel + 1) * size]
            let scale = Self.bestScale(values)
            scales.append(scale)
            let inverse = scale == 0 ? 0 : 1 / scale
            bytes += values.map { Int8(Self.step($0, inverse)) }
        }
    }

    /// The value's place on the grid whose scale has this inverse: the nearest, ties to even.
    private static func step(_ value: Float, _ inverse: Float) -> Float {
        // Floats of this size have no fractions: the sum is rounded. Without instructions of SSE4, rounding is a call.
        let whole: Float = 0x1.8p23
        return (max(-127, min(127, value * inverse)) + whole) - whole
    }

    /// The scale of least squared error among the candidates.
    private static func bestScale(_ values: ArraySlice<Float>) -> Float {
        let largest = values.reduce(0) { max($0, abs($1)) }
        var best = (scale: largest / 127, error: Float.infinity)
        // Near the end of f32's range a scale would lose its digits, and its inverse become infinite.
        guard best.scale >= 0x1p-100 else { return 0 }
        for share in shares {
            let scale = fitted(values, largest * share / 127)
            let error = squaredError(values, scale)
            if error < best.error { best = (scale, error) }
        }
        return best.scale
    }

    /// The scale that suits best the steps which `scale` gives: Σ value·step / Σ step².
    private static func fitted(_ values: ArraySlice<Float>, _ scale: Float) -> Float {
        var product: Double = 0
        var squares: Double = 0
        let inverse = 1 / scale
        for value in values {
            let step = Double(step(value, inverse))
            product += Double(value) * step
            squares += step * step
        }
        return squares > 0 ? Float(product / squares) : scale
    }

    private static func squaredError(_ values: ArraySlice<Float>, _ scale: Float) -> Float {
        var sum: Double = 0
        let inverse = 1 / scale
        for value in values {
            let difference = Double(value) - Double(step(value, inverse) * scale)
            sum += difference * difference
        }
        return Float(sum)
    }
}
