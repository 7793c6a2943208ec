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
    private let layout: Layout

    /// How a gathered row is arranged; see `nn_band`.
    private struct Layout {
        let stride: Int
        let remainders: Int
        let pitch: Int
        /// Rows of the input between rows of the layout: a 1×1 kernel skips those that it does not read.
        let rowStep: Int
        /// Rows of the layout between rows of output.
        let outputStep: Int
        var rowFloats: Int { remainders * pitch * Cells.channels }

        init(_ layer: Network.Convolution, width: Int) {
            stride = layer.stride
            remainders = min(layer.stride, layer.kernel)
            pitch = width + (layer.kernel - 1) / layer.stride
            rowStep = layer.kernel == 1 ? layer.stride : 1
            outputStep = layer.kernel == 1 ? 1 : layer.stride
        }

        func rows(_ outputs: Int, kernel: Int) -> Int { (outputs - 1) * outputStep + kernel }

        func taps(kernel: Int) -> [Int] {
            (0..<kernel).flatMap { ky in
                (0..<kernel).map { kx in ky * rowFloats + ((kx % stride) * pitch + kx / stride) * Cells.channels }
            }
        }
    }

    init(_ packed: PackedConvolution, input: Cells, output: Cells, residual: Cells?) {
        layer = packed.layer
        before = packed.before
        self.input = input
        self.output = output
        self.residual = residual
        layout = Layout(layer, width: output.size.width)
        let perRow = layout.rowFloats * layout.outputStep * input.blocks
        // Rows of a band: what fits beside the kernel's overhang, and not fewer than pay for gathering the latter.
        let fitting = max(2, 2 * Grain.floats / perRow - layer.kernel)
        let wanted = (output.images * output.size.height + Grain.pieces - 1) / Grain.pieces
        rows = Cut(output.size.height, most: min(fitting, max(wanted, layer.kernel == 1 ? 1 : 4)))
        groups = packed.groups(
            taps: layout.taps(kernel: layer.kernel), parts: Grain.parts(pieces: rows.pieces * output.images))
    }

    var pieces: Int { rows.pieces * output.images * groups.cut.pieces }
    private var block: Int {
        (layout.rows(rows.length, kernel: layer.kernel) * layout.rowFloats / Cells.channels | 1) * Cells.channels
    }
    var ownFloats: Int { block * input.blocks }

    func run(_ piece: Int, in room: Room) {
        let part = piece / (rows.pieces * output.images)
        let image = piece / rows.pieces % output.images
        let band = rows[piece % rows.pieces]
        var gathered = nn_band(
            height: Int64(input.size.height), width: Int64(input.size.width),
            top: Int64(band.lowerBound * layer.stride - layer.padding), left: Int64(-layer.padding),
            rows: Int64(layout.rows(band.count, kernel: layer.kernel)), row_step: Int64(layout.rowStep),
            stride: Int64(layout.stride), remainders: Int64(layout.remainders), pitch: Int64(layout.pitch))
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
