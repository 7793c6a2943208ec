import CKernels

/// The backward pass of a normalisation, block by block and, where values come in portions, portion by portion: sums of all
/// portions first, then dx of each.
struct NormalizationGradient: Sendable {
    let norm: TrainedNormalization
    let relu: Bool
    /// Of a channel, over the batch.
    let pixels: Int
    /// Whether scale and shift are the running statistics', and have no gradients.
    let isFrozen: Bool

    private static let lanes = Int(NN_CELL)
    /// Floats of scratch memory for a block: two sums of doubles, those of a portion, three coefficients.
    private static let each = 11 * lanes
    static let mostBlocks = 2
    static let scratchFloats = mostBlocks * each

    /// All of a block at once.
    /// - Parameters:
    ///   - y: the result after the ReLU; nil where scale and shift alone tell whether it was above 0.
    ///   - masked: takes what reaches the normalisation; dy itself, or nil.
    ///   - dx: nil where nobody wants it.
    func run(
        block: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, y: UnsafePointer<Float>?,
        masked: UnsafeMutablePointer<Float>?, dx: UnsafeMutablePointer<Float>?, adds: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let blocks = block..<block + 1
        begin(blocks, scratch: scratch)
        add(block, of: blocks, x: x, dy: dy, y: y, masked: masked, pixels: pixels, scratch: scratch)
        finish(blocks, scratch: scratch)
        guard let dx else { return }
        write(
            block, of: blocks, x: x, dy: dy, dx: dx, isMasked: masked != nil, pixels: pixels, adds: adds,
            scratch: scratch)
    }

    func begin(_ blocks: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
        scratch.update(repeating: 0, count: blocks.count * Self.each)
    }

    /// Adds a portion to a block's sums.
    func add(
        _ block: Int, of blocks: Range<Int>, x: UnsafePointer<Float>, dy: UnsafePointer<Float>,
        y: UnsafePointer<Float>? = nil, masked: UnsafeMutablePointer<Float>? = nil, pixels: Int,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let channel = block * Self.lanes
        let place = scratch + (block - blocks.lowerBound) * Self.each
        UnsafeMutableRawPointer(place).withMemoryRebound(to: Double.self, capacity: 4 * Self.lanes) { sums in
            let portion = sums + 2 * Self.lanes
            nn_cells_norm_sums(
                x, dy, y, Int64(pixels), norm.scale.start + channel, norm.shift.start + channel,
                norm.mean.start + channel, relu ? 1 : 0, masked, portion, portion + Self.lanes)
            for lane in 0..<2 * Self.lanes { sums[lane] += portion[lane] }
        }
    }

    /// dx = scale · (g − mean g − x̂ · mean(g x̂)), written as by_g · g + by_x · x + constant; and the gradients of weight
    /// and bias.
    func finish(_ blocks: Range<Int>, scratch: UnsafeMutablePointer<Float>) {
        for block in blocks {
            let place = scratch + (block - blocks.lowerBound) * Self.each
            UnsafeMutableRawPointer(place).withMemoryRebound(to: Double.self, capacity: 2 * Self.lanes) { sums in
                finish(block, sums, to: place + 8 * Self.lanes)
            }
        }
    }

    private func finish(_ block: Int, _ sums: UnsafePointer<Double>, to out: UnsafeMutablePointer<Float>) {
        for lane in 0..<Self.lanes {
            let channel = block * Self.lanes + lane
            let scale = norm.scale.start[channel]
            out[lane] = scale
            guard !isFrozen else { continue }
            let inverse = Double(norm.inverseDeviation.start[channel])
            let reached = sums[lane]
            let along = sums[Self.lanes + lane]
            let byX = -Double(scale) * inverse * inverse * along / Double(pixels)
            norm.weight.gradient.start[channel] = Float(along * inverse)
            norm.bias.gradient.start[channel] = Float(reached)
            out[Self.lanes + lane] = Float(byX)
            out[2 * Self.lanes + lane] = Float(
                -Double(scale) * reached / Double(pixels) - byX * Double(norm.mean.start[channel]))
        }
    }

    /// Writes a portion of dx, or adds to it.
    /// - Parameter isMasked: whether dy is 0 already where the ReLU lets nothing through.
    func write(
        _ block: Int, of blocks: Range<Int>, x: UnsafePointer<Float>, dy: UnsafePointer<Float>,
        dx: UnsafeMutablePointer<Float>, isMasked: Bool = false, pixels: Int, adds: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let channel = block * Self.lanes
        let byG = scratch + (block - blocks.lowerBound) * Self.each + 8 * Self.lanes
        nn_cells_norm_backward(
            x, dy, nil, Int64(pixels), norm.scale.start + channel, norm.shift.start + channel,
            relu && !isMasked ? 1 : 0, byG, byG + Self.lanes, byG + 2 * Self.lanes, adds ? 1 : 0, dx)
    }
}
