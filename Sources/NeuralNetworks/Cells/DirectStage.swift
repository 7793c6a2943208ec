import CKernels

/// Any convolution: a band of rows is gathered, activated where the layer says so and padded, into the thread's own
/// memory, so that every tap of the kernel finds its cells at a constant distance.
struct DirectStage: Stage {
    let groups: OutputGroups
    let layer: Network.Convolution
    let before: (scale: CellBuffer, shift: CellBuffer)?
    let input: Cells
    let output: Cells
    let residual: Cells?
    private let rows: Cut
    private let layout: BandLayout

    init(_ packed: PackedConvolution, input: Cells, output: Cells, residual: Cells?) {
        layer = packed.layer
        before = packed.before
        self.input = input
        self.output = output
        self.residual = residual
        layout = BandLayout(layer, width: output.size.width)
        let perRow = layout.rowFloats * layout.outputStep * input.blocks
        // Rows of a band: what fits beside the kernel's overhang, and not fewer than pay for gathering the latter.
        let fitting = max(2, 2 * Grain.floats / perRow - layer.kernel)
        let wanted = (output.images * output.size.height + Grain.pieces - 1) / Grain.pieces
        rows = Cut(output.size.height, most: min(fitting, max(wanted, layer.kernel == 1 ? 1 : 4)))
        groups = packed.groups(
            taps: layout.taps(kernel: layer.kernel), parts: Grain.parts(pieces: rows.pieces * output.images))
    }

    var pieces: Int { rows.pieces * output.images * groups.cut.pieces }
    private var block: Int { layout.blockFloats(rows: rows.length, kernel: layer.kernel) }
    var ownFloats: Int { block * input.blocks }

    func run(_ piece: Int, in room: Room) {
        let part = piece / (rows.pieces * output.images)
        let image = piece / rows.pieces % output.images
        let band = rows[piece % rows.pieces]
        var gathered = layout.band(band, layer, of: input.size, input.element)
        nn_cells_gather(
            room.arena + input.start(block: 0, image: image), Int64(input.block), Int64(input.blocks), &gathered,
            before?.scale.start, before?.shift.start, room.own, Int64(block))
        let start = image * output.imageFloats + band.lowerBound * output.row
        var product = groups.product(
            from: room.own, block: block, blocks: input.blocks, input.element, to: output, residual: residual,
            offset: start, room)
        product.rows = Int64(band.count)
        product.columns = Int64(output.size.width)
        product.x_row = Int64(layout.outputStep * layout.rowFloats)
        product.y_row = Int64(output.row)
        groups.multiply(&product, part: part, room.level)
    }
}
