import CKernels

/// The backward pass of a dense block's layer: batch normalisation, ReLU, 3×3 convolution onto few channels.
///
/// One piece takes two blocks of input channels through all of it, a few rows of tiles at a time: what reaches them by
/// Winograd's method from the few channels of dy, and beside it their share of the weight gradient, for which the activated
/// input is computed once more from the input, as it is in the forward pass. Normalisation wants two sweeps, one for its
/// sums; what reaches the channels is computed in both, since that is faster than to keep and to read it. So nothing of the
/// activated input's size is ever stored.
struct DenseLayerBackwardStage: Stage {
    let convolution: TrainedConvolution
    let normalization: NormalizationGradient
    let input: Cells
    let dy: Cells
    /// Nil where nobody wants it.
    let dx: Cells?
    let adds: Bool
    let trains: Bool
    /// Winograd's weights of the data gradient.
    let turned: OutputGroups
    private let forward: Winograd
    private let backward: Winograd
    /// Rows of tiles, counted over images; a portion lies within one image.
    private let rows: Cut

    /// - Parameter turned: Winograd's weights of the data gradient, packed for all input channels.
    init(
        _ convolution: TrainedConvolution, _ normalization: NormalizationGradient, input: Cells, dy: Cells,
        dx: Cells?, adds: Bool, trains: Bool, turned: CellBuffer
    ) {
        self.convolution = convolution
        self.normalization = normalization
        self.input = input
        self.dy = dy
        self.dx = dx
        self.adds = adds
        self.trains = trains
        self.turned = OutputGroups(
            weights: turned, bias: nil, taps: [0], outputs: convolution.inputs, relu: false, parts: 1)
        forward = Winograd(input: input, output: dy)
        backward = Winograd(input: dy, output: input)
        let down = Int(forward.tiling.tiles_down)
        rows = Cut(down, most: max(1, Self.tiles / Int(forward.tiling.tiles_across)))
    }

    /// Whether a convolution is such a layer's: its outputs are one group of weights.
    static func suits(_ layer: Network.Convolution) -> Bool {
        Winograd.suits(layer) && Cells.blocks(layer.outputs) <= Int(NN_GROUP) / Cells.channels
    }

    /// Input blocks of a piece.
    private static let blocks = 2
    /// Tiles of a portion, where a row has no more.
    private static let tiles = 28
    private var positions: Int { Winograd.positions }
    private var across: Int { Int(forward.tiling.tiles_across) }
    private var mostTiles: Int { rows.length * across }
    private var tileBlock: Int { Winograd.block(tiles: mostTiles) }
    private var wide: Int { Winograd.position(tiles: mostTiles, blocks: Self.blocks) }
    private var narrow: Int { Winograd.position(tiles: mostTiles, blocks: dy.blocks) }
    /// Floats between the blocks of what reaches a portion.
    private var reachedBlock: Int { (rows.length * 4 * input.size.width | 1) * Cells.channels }
    private var gradientBlock: Int { dy.blocks * Cells.channels * Cells.channels }

    // A thread's own memory, part by part.
    private var wideAt: Int { 0 }
    private var narrowAt: Int { wideAt + positions * wide }
    private var sumsAt: Int { narrowAt + positions * narrow }
    private var scratchAt: Int { sumsAt + (trains ? positions * Self.blocks * gradientBlock : 0) }
    private var reachedAt: Int { scratchAt + NormalizationGradient.scratchFloats }
    var ownFloats: Int { reachedAt + Self.blocks * reachedBlock }

    var pieces: Int { (input.blocks + Self.blocks - 1) / Self.blocks }

    /// Some rows of tiles of one image.
    private struct Portion {
        var tiles: Range<Int>
        /// Floats from a block's first cell to the portion's first pixel.
        var start: Int
        var pixels: Int
    }

    private var portions: [Portion] {
        (0..<input.images).flatMap { image in
            (0..<rows.pieces).map { index in
                let some = rows[index]
                let first = image * rows.count
                let top = some.lowerBound * 4
                let pixels = (min(input.size.height, some.upperBound * 4) - top) * input.size.width
                return Portion(
                    tiles: (first + some.lowerBound) * across..<(first + some.upperBound) * across,
                    start: image * input.imageFloats + top * input.row, pixels: pixels)
            }
        }
    }

    func run(_ piece: Int, in room: Room) {
        let blocks = piece * Self.blocks..<min(input.blocks, (piece + 1) * Self.blocks)
        let scratch = room.own + scratchAt
        normalization.begin(blocks, scratch: scratch)
        for (index, portion) in portions.enumerated() {
            if trains { addWeightGradient(portion.tiles, blocks, isFirst: index == 0, room) }
            reach(portion, blocks, group: piece, room)
            for block in blocks {
                normalization.add(
                    block, of: blocks, x: room.arena + input.offset + block * input.block + portion.start,
                    dy: reached(block, of: blocks, room), pixels: portion.pixels, scratch: scratch)
            }
        }
        if trains { finishWeightGradient(blocks, room) }
        normalization.finish(blocks, scratch: scratch)
        guard let dx else { return }
        for portion in portions {
            reach(portion, blocks, group: piece, room)
            for block in blocks {
                normalization.write(
                    block, of: blocks, x: room.arena + input.offset + block * input.block + portion.start,
                    dy: reached(block, of: blocks, room), dx: room.arena + dx.offset + block * dx.block + portion.start,
                    pixels: portion.pixels, adds: adds, scratch: scratch)
            }
        }
    }

    private func reached(_ block: Int, of blocks: Range<Int>, _ room: Room) -> UnsafeMutablePointer<Float> {
        room.own + reachedAt + (block - blocks.lowerBound) * reachedBlock
    }

    /// Σ V ⊗ W over some tiles.
    private func addWeightGradient(_ some: Range<Int>, _ blocks: Range<Int>, isFirst: Bool, _ room: Room) {
        let norm = normalization.norm
        forward.spread(
            some, blocks: blocks, before: (norm.scale, norm.shift), to: room.own + wideAt, position: wide,
            block: tileBlock, room)
        forward.spreadGradient(
            some, of: dy, blocks: 0..<dy.blocks, to: room.own + narrowAt, position: narrow, block: tileBlock, room)
        let tap: Int64 = 0
        withUnsafePointer(to: tap) { tap in
            var outer = nn_outer()
            outer.x_block = Int64(tileBlock)
            outer.x_column = Int64(Cells.channels)
            outer.taps = tap
            outer.tap_count = 1
            outer.rows = 1
            outer.columns = Int64(some.count)
            outer.dy_block = Int64(tileBlock)
            outer.dy_column = Int64(Cells.channels)
            outer.output_blocks = Int64(dy.blocks)
            // One group: its blocks follow each other.
            outer.grad_block = Int64(Cells.channels * Int(NN_GROUP))
            outer.accumulate = isFirst ? 0 : 1
            for position in 0..<positions {
                outer.x = UnsafePointer(room.own + wideAt + position * wide)
                outer.dy = UnsafePointer(room.own + narrowAt + position * narrow)
                outer.grad = room.own + sumsAt + position * Self.blocks * gradientBlock
                nn_cells_outer(room.level, &outer, 0, Int64(blocks.count), 0, 1)
            }
        }
    }

    private func finishWeightGradient(_ blocks: Range<Int>, _ room: Room) {
        nn_winograd_weights_gradient(
            room.own + sumsAt, Int64(Self.blocks * gradientBlock), Int64(blocks.count),
            Int64(dy.blocks * Cells.channels),
            convolution.weight.gradient.start + blocks.lowerBound * 9 * gradientBlock)
    }

    /// What reaches the activated input of a portion.
    private func reach(_ portion: Portion, _ blocks: Range<Int>, group: Int, _ room: Room) {
        backward.spread(
            portion.tiles, blocks: 0..<dy.blocks, before: nil, to: room.own + narrowAt, position: narrow,
            block: tileBlock, room)
        let positionFloats = Int(
            nn_cells_packed(Int64(convolution.inputs), Int64(convolution.layer.outputs), 1))
        for position in 0..<positions {
            var product = turned.product(
                from: room.own + narrowAt + position * narrow, blocks: dy.blocks, block: tileBlock,
                to: room.own + wideAt + position * wide - group * Self.blocks * tileBlock, yBlock: tileBlock)
            product.columns = Int64(portion.tiles.count)
            product.is_near = 1
            product.weights = UnsafePointer(turned.weights.start + position * positionFloats)
            nn_cells_product(room.level, &product, Int64(group), Int64(group + 1))
        }
        withUnsafePointer(to: backward.tiling) { tiling in
            nn_winograd_output(
                room.level, room.own + wideAt, Int64(wide), Int64(tileBlock), Int64(blocks.count), tiling,
                Int64(portion.tiles.lowerBound), Int64(portion.tiles.upperBound), nil, 0,
                room.own + reachedAt - portion.start, Int64(reachedBlock))
        }
    }
}
