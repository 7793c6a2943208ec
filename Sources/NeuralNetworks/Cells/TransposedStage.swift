import CKernels

/// A transposed convolution of stride s as s² convolutions: outputs whose row and column leave the same remainders
/// modulo s read the same taps.
struct TransposedStage: Stage {
    private let packed: PackedTransposed
    private let phases: [Phase]
    let input: Cells
    let output: Cells
    private let adds: Bool
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

    /// - Parameters:
    ///   - crop: rows and columns that the result has too much at its top and left; nil: half of what it has too much.
    ///   - adds: to what is in the output already.
    init(_ packed: PackedTransposed, input: Cells, output: Cells, crop cropped: Int? = nil, adds: Bool = false) {
        self.packed = packed
        self.adds = adds
        self.input = input
        self.output = output
        let layer = packed.layer
        // What the uncropped result has too much, halved: the crop is about the centre.
        func crop(_ from: Int, _ to: Int) -> Int {
            cropped ?? ((from - 1) * layer.stride + layer.kernel - to) / 2
        }
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
            pitch: Int64(pitch), outside: 0)
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
        if adds {
            product.residual = UnsafePointer(product.y)
            product.residual_block = product.y_block
        }
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
        /// Which of the kernel's taps they are, counted row by row.
        let kept: [Int]
        let weights: CellBuffer

        fileprivate init(_ index: Int, of layer: Network.Convolution, inputs: Int) {
            row = index / layer.stride
            column = index % layer.stride
            let downs = Array(stride(from: row, to: layer.kernel, by: layer.stride))
            let acrosses = Array(stride(from: column, to: layer.kernel, by: layer.stride))
            kept = downs.flatMap { ky in acrosses.map { kx in ky * layer.kernel + kx } }
            taps = downs.indices.flatMap { down in acrosses.indices.map { (down: down, across: $0) } }
            weights = CellBuffer(
                floats: Int(nn_cells_packed(Int64(layer.outputs), Int64(inputs), Int64(kept.count))))
        }
    }

    let layer: Network.Convolution
    let bias: CellBuffer
    let phases: [Phase]

    /// With room for weights that somebody else puts there.
    init(_ layer: Network.Convolution, inputs: Int, bias: CellBuffer) {
        self.layer = layer
        self.bias = bias
        phases = (0..<layer.stride * layer.stride).map { Phase($0, of: layer, inputs: inputs) }
    }

    convenience init(_ layer: Network.Convolution, inputs: Int, _ weights: NetworkWeights) throws {
        let folded = try FoldedConvolution(layer, weights)
        let taps = Int64(layer.kernel * layer.kernel)
        let outputs = Int64(layer.outputs)
        self.init(layer, inputs: inputs, bias: CellBuffer(perChannel: folded.bias))
        for phase in phases {
            nn_cells_pack(
                folded.weight, outputs, Int64(inputs), taps, outputs * taps, phase.kept.map(Int64.init),
                Int64(phase.kept.count), nil, phase.weights.start)
        }
    }

    /// Rows and columns of input that a position reads before its own.
    var reach: Int { (layer.kernel - 1) / layer.stride }
}
