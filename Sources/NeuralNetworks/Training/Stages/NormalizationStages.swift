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
