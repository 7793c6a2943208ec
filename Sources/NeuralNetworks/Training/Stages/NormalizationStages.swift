import CKernels

/// Mean and variance of the channels of one buffer, by block, for all normalisations that read it.
final class Moments: Sendable {
    let mean: CellBuffer
    let variance: CellBuffer

    init(blocks: Int) {
        mean = CellBuffer(floats: blocks * Cells.channels)
        variance = CellBuffer(floats: blocks * Cells.channels)
    }
}

/// Some blocks of a buffer's moments.
struct MomentsPart: Sendable {
    let moments: Moments
    let first: Int

    func mean(_ block: Int) -> UnsafeMutablePointer<Float> { moments.mean.start + (first + block) * Cells.channels }
    func variance(_ block: Int) -> UnsafeMutablePointer<Float> {
        moments.variance.start + (first + block) * Cells.channels
    }
}

/// Moments of those blocks of a value that have none yet.
struct MomentsStage: Stage {
    let input: Cells
    let moments: MomentsPart
    let blocks: [Int]

    var pieces: Int { blocks.count }

    func run(_ piece: Int, in room: Room) {
        let block = blocks[piece]
        nn_cells_moments(
            room.arena + input.offset + block * input.block, Int64(input.pixels), moments.mean(block),
            moments.variance(block))
    }
}

/// Scale and shift of a normalisation that a convolution does while it reads.
struct ScaleStage: Stage {
    let norm: TrainedNormalization
    /// Nil: the running statistics are used, and kept.
    let moments: MomentsPart?
    let input: Cells
    let context: StepContext

    var pieces: Int { 1 }

    func run(_ piece: Int, in room: Room) {
        guard let moments else { return norm.prepareFrozen() }
        for block in 0..<input.blocks {
            norm.prepare(
                block: block, mean: moments.mean(block), variance: moments.variance(block), pixels: input.pixels,
                momentum: context.momentum)
        }
    }
}

/// Normalisation, the sum and the ReLU after it, block by block.
struct NormalizationStage: Stage {
    let norm: TrainedNormalization
    let input: Cells
    let residual: Cells?
    let output: Cells
    let relu: Bool
    /// Nil: the running statistics are used, and kept.
    let moments: MomentsPart?
    /// Whether a block's moments have to be computed.
    let isNew: [Bool]
    let context: StepContext

    var pieces: Int { input.blocks }

    func run(_ piece: Int, in room: Room) {
        let x = room.arena + input.offset + piece * input.block
        if let moments {
            if isNew[piece] {
                nn_cells_moments(x, Int64(input.pixels), moments.mean(piece), moments.variance(piece))
            }
            norm.prepare(
                block: piece, mean: moments.mean(piece), variance: moments.variance(piece), pixels: input.pixels,
                momentum: context.momentum)
        }
        let channel = piece * Cells.channels
        nn_cells_normalize(
            x, Int64(input.pixels), norm.scale.start + channel, norm.shift.start + channel,
            residual.map { UnsafePointer(room.arena + $0.offset + piece * $0.block) }, relu ? 1 : 0,
            room.arena + output.offset + piece * output.block)
    }
}

/// What the backward pass of a normalisation knows of one block.
struct NormalizationGradient: Sendable {
    let norm: TrainedNormalization
    let relu: Bool
    let pixels: Int
    /// Whether scale and shift depend on the batch, and have gradients.
    let isFrozen: Bool

    /// Floats of scratch memory that ``run(block:x:dy:y:masked:dx:adds:scratch:)`` wants.
    static let scratchFloats = 8 * Int(NN_CELL)

    /// - Parameters:
    ///   - y: the result after the ReLU; nil where scale and shift alone tell whether it was above 0.
    ///   - masked: takes what reaches the normalisation; may be dy.
    ///   - dx: nil where nobody wants it.
    func run(
        block: Int, x: UnsafePointer<Float>, dy: UnsafePointer<Float>, y: UnsafePointer<Float>?,
        masked: UnsafeMutablePointer<Float>?, dx: UnsafeMutablePointer<Float>?, adds: Bool,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let lanes = Cells.channels
        let channel = block * lanes
        let byG = scratch + 4 * lanes
        let scale = norm.scale.start + channel
        let shift = norm.shift.start + channel
        // Where g has been written, it needs no mask any more.
        let isMasked = masked != nil && masked.map { UnsafePointer($0) } == dy
        UnsafeMutableRawPointer(scratch).withMemoryRebound(to: Double.self, capacity: 2 * lanes) { sums in
            nn_cells_norm_sums(
                x, dy, y, Int64(pixels), scale, shift, norm.mean.start + channel, relu ? 1 : 0, masked, sums,
                sums + lanes)
            writeCoefficients(channel: channel, sums: sums, to: byG)
        }
        guard let dx else { return }
        nn_cells_norm_backward(
            x, dy, isMasked ? nil : y, Int64(pixels), scale, shift, relu && !isMasked ? 1 : 0, byG, byG + lanes,
            byG + 2 * lanes, adds ? 1 : 0, dx)
    }

    /// dx = scale · (g − mean g − x̂ · mean(g x̂)), written as by_g · g + by_x · x + constant.
    private func writeCoefficients(
        channel: Int, sums: UnsafePointer<Double>, to out: UnsafeMutablePointer<Float>
    ) {
        let lanes = Cells.channels
        for lane in 0..<lanes {
            let scale = norm.scale.start[channel + lane]
            out[lane] = scale
            out[lanes + lane] = 0
            out[2 * lanes + lane] = 0
            guard !isFrozen else { continue }
            let inverse = Double(norm.inverseDeviation.start[channel + lane])
            let mean = Double(norm.mean.start[channel + lane])
            let byX = -Double(scale) * inverse * inverse * sums[lanes + lane] / Double(pixels)
            norm.weight.gradient.start[channel + lane] = Float(sums[lanes + lane] * inverse)
            norm.bias.gradient.start[channel + lane] = Float(sums[lane])
            out[lanes + lane] = Float(byX)
            out[2 * lanes + lane] = Float(-Double(scale) * sums[lane] / Double(pixels) - byX * mean)
        }
    }
}

/// The backward pass of ``NormalizationStage``. Where there is a residual, its gradient is left in dy's place.
struct NormalizationBackwardStage: Stage {
    let gradient: NormalizationGradient
    let input: Cells
    let output: Cells
    let dy: Cells
    let dx: Cells?
    let adds: Bool
    let hasResidual: Bool

    var pieces: Int { input.blocks }
    var ownFloats: Int { NormalizationGradient.scratchFloats }

    func run(_ piece: Int, in room: Room) {
        let dy = room.arena + dy.offset + piece * dy.block
        let usesResult = hasResidual && gradient.relu
        gradient.run(
            block: piece, x: room.arena + input.offset + piece * input.block, dy: dy,
            y: usesResult ? UnsafePointer(room.arena + output.offset + piece * output.block) : nil,
            masked: usesResult ? dy : nil, dx: dx.map { room.arena + $0.offset + piece * $0.block }, adds: adds,
            scratch: room.own)
    }
}
