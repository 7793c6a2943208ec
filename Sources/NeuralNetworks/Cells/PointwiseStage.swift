import CKernels

/// A 1×1 convolution: the input is read as it lies, all pixels of the batch in one row.
struct PointwiseStage: Stage {
    let groups: OutputGroups
    let input: Cells
    let output: Cells
    let residual: Cells?
    private let cut: Cut

    /// Positions are cut in multiples of a tile.
    static let tile = 14

    init(_ packed: PackedConvolution, input: Cells, output: Cells, residual: Cells?) {
        self.input = input
        self.output = output
        self.residual = residual
        let most = max(4 * Self.tile, Grain.floats / (input.blocks * Cells.channels))
        cut = Cut(input.pixels, most: most, multiple: Self.tile, evenly: true)
        groups = packed.groups(taps: [0], parts: Grain.parts(pieces: cut.pieces))
    }

    var pieces: Int { cut.pieces * groups.cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let positions = cut[piece % cut.pieces]
        let start = positions.lowerBound * Cells.channels
        var product = groups.product(
            from: room.arena + input.offset + start, block: input.block, blocks: input.blocks, input.element,
            to: output, residual: residual, offset: start, room)
        product.columns = Int64(positions.count)
        groups.multiply(&product, part: piece / cut.pieces, room.level)
    }
}
