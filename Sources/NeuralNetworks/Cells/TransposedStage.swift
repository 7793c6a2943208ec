import CKernels

/// A transposed convolution of stride s as s² convolutions: outputs whose row and column leave the same remainders
/// modulo s read the same taps.
struct TransposedStage: Stage {
    private let packed: PackedTransposed
    private let phases: [Phase]
    let input: Cells
    let output: Cells
    private let rows: Cut
    private let parts: Int
    /// Cells of a gathered row.
    private let pitch: Int

    /// The outputs of one pair of remainders.
    private struct Phase: Sendable {
        let groups: OutputGroups
        let down: Span
        let across: Span
    }

    /// Positions q of a phase, for which output q · stride + start lies inside.
    private struct Span: Sendable {
        let start: Int
        let inside: Range<Int>

        init(remainder: Int, stride: Int, crop: Int, length: Int) {
            start = remainder - crop
            let first = max(0, (crop - remainder + stride - 1) / stride)
            inside = first..<max(first, (length - 1 - start + stride) / stride)
        }
    }

    init(_ packed: PackedTransposed, input: Cells, output: Cells) {
        self.packed = packed
        self.input = input
        self.output = output
        let layer = packed.layer
        // What the uncropped result has too much, halved: the crop is about the centre.
        func crop(_ from: Int, _ to: Int) -> Int { ((from - 1) * layer.stride + layer.kernel - to) / 2 }
        let top = crop(input.size.height, output.size.height)
        let left = crop(input.size.width, output.size.width)
        let reach = packed.reach
        let pitch = reach + (output.size.width - 1 + left) / layer.stride + 1
        let positions = (output.size.height - 1 + top) / layer.stride + 1
        let perRow = pitch * Cells.channels * input.blocks
        let rows = Cut(positions, most: max(1, 2 * Grain.floats / perRow - reach))
        let parts = Grain.parts(pieces: rows.pieces * input.images)
        self.rows = rows
        phases = packed.phases.map { phase in
            let taps = phase.taps.map { ((reach - $0.down) * pitch + reach - $0.across) * Cells.channels }
            return Phase(
                groups: OutputGroups(
                    weights: phase.weights, bias: packed.bias, taps: taps, outputs: layer.outputs, relu: false,
                    parts: parts),
                down: Span(remainder: phase.row, stride: layer.stride, crop: top, length: output.size.height),
                across: Span(remainder: phase.column, stride: layer.stride, crop: left, length: output.size.width))
        }
        self.parts = phases[0].groups.cut.pieces
        self.pitch = pitch
    }

    var pieces: Int { rows.pieces * input.images * parts }
    private var block: Int { ((rows.length + packed.reach) * pitch | 1) * Cells.channels }
    var ownFloats: Int { block * input.blocks }

    func run(_ piece: Int, in room: Room) {
        let band = rows[piece % rows.pieces]
        let image = piece / rows.pieces % input.images
        let reach = packed.reach
        var gathered = nn_band(
            height: Int64(input.size.height), width: Int64(input.size.width), top: Int64(band.lowerBound - reach),
            left: Int64(-reach), rows: Int64(band.count + reach), row_step: 1, stride: 1, remainders: 1,
            pitch: Int64(pitch))
        nn_cells_gather(
            room.arena + input.start(block: 0, image: image), Int64(input.block), Int64(input.blocks), &gathered,
            nil, nil, room.own, Int64(block))
        for phase in phases {
            run(phase, band, part: piece / (rows.pieces * input.images), to: image * output.imageFloats, room)
        }
    }

    private func run(_ phase: Phase, _ band: Range<Int>, part: Int, to image: Int, _ room: Room) {
        let down = band.clamped(to: phase.down.inside)
        let across = phase.across.inside
        guard !down.isEmpty, !across.isEmpty else { return }
        let stride = packed.layer.stride
        let row = down.lowerBound * stride + phase.down.start
        let column = across.lowerBound * stride + phase.across.start
        var product = phase.groups.product(
            from: room.own + ((down.lowerBound - band.lowerBound) * pitch + across.lowerBound) * Cells.channels,
            blocks: input.blocks, block: block,
            to: room.arena + output.offset + image + row * output.row + column * Cells.channels, yBlock: output.block)
        product.rows = Int64(down.count)
        product.columns = Int64(across.count)
        product.x_row = Int64(pitch * Cells.channels)
        product.y_row = Int64(stride * output.row)
        product.y_column = Int64(stride * Cells.channels)
        phase.groups.multiply(&product, part: part, room.level)
    }
}

/// A transposed convolution's weights, for each pair of remainders.
final class PackedTransposed: Sendable {
    struct Phase: Sendable {
        let row: Int
        let column: Int
        /// How far up and left each tap reads.
        let taps: [(down: Int, across: Int)]
        let weights: CellBuffer
    }

    let layer: Network.Convolution
    let bias: CellBuffer
    let phases: [Phase]

    init(_ layer: Network.Convolution, inputs: Int, _ weights: NetworkWeights) throws {
        self.layer = layer
        let folded = try FoldedConvolution(layer, weights)
        let kernel = layer.kernel
        let outputs = layer.outputs
        bias = CellBuffer(perChannel: folded.bias)
        phases = (0..<layer.stride * layer.stride).map { index in
            let (row, column) = (index / layer.stride, index % layer.stride)
            let downs = Array(stride(from: row, to: kernel, by: layer.stride))
            let acrosses = Array(stride(from: column, to: kernel, by: layer.stride))
            let stored = downs.flatMap { ky in acrosses.map { kx in Int64(ky * kernel + kx) } }
            let taps = downs.indices.flatMap { down in acrosses.indices.map { (down: down, across: $0) } }
            let packed = CellBuffer(floats: Int(nn_cells_packed(Int64(outputs), Int64(inputs), Int64(taps.count))))
            nn_cells_pack(
                folded.weight, Int64(outputs), Int64(inputs), Int64(kernel * kernel), Int64(outputs * kernel * kernel),
                stored, Int64(taps.count), nil, packed.start)
            return Phase(row: row, column: column, taps: taps, weights: packed)
        }
    }

    /// Rows and columns of input that a position reads before its own.
    var reach: Int { (layer.kernel - 1) / layer.stride }
}
