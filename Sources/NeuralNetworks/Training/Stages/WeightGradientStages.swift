import CKernels

/// The gradient of a 1×1 convolution's weights: positions are read as they lie.
struct PointwiseOuterStage: Stage {
    let weight: TrainedTensor
    let input: Cells
    let dy: Cells
    private let cut: Cut

    init(_ weight: TrainedTensor, input: Cells, dy: Cells) {
        self.weight = weight
        self.input = input
        self.dy = dy
        cut = Cut(input.blocks, most: max(1, input.blocks / Grain.pieces), evenly: true)
    }

    var pieces: Int { cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let blocks = cut[piece]
        let tap: Int64 = 0
        withUnsafePointer(to: tap) { tap in
            var outer = nn_outer(to: weight.gradient, inputs: input.blocks, taps: 1, dy: dy, room)
            outer.x = UnsafePointer(room.arena + input.offset)
            outer.x_block = Int64(input.block)
            outer.x_column = Int64(Cells.channels)
            outer.taps = tap
            outer.tap_count = 1
            outer.rows = 1
            outer.columns = Int64(input.pixels)
            outer.dy_column = Int64(Cells.channels)
            nn_cells_outer(
                room.level, &outer, Int64(blocks.lowerBound), Int64(blocks.upperBound), 0,
                Int64((dy.blocks + 1) / 2))
        }
    }
}

extension nn_outer {
    /// A product over all images' dy, with where its gradients go; callers say what x is and where positions are.
    init(to gradient: CellBuffer, inputs blocks: Int, taps: Int, dy: Cells, _ room: Room) {
        self.init()
        self.dy = UnsafePointer(room.arena + dy.offset)
        dy_block = Int64(dy.block)
        output_blocks = Int64(dy.blocks)
        grad = gradient.start
        grad_block = Int64(taps * Cells.channels * Int(NN_GROUP))
        grad_group = Int64(blocks) * grad_block
    }
}

/// The gradient of any convolution's weights: bands of rows are gathered as for its forward pass.
struct DirectOuterStage: Stage {
    let weight: TrainedTensor
    let layer: Network.Convolution
    let input: Cells
    let dy: Cells
    private let rows: Cut
    private let blocks: Cut
    private let layout: BandLayout
    private let taps: Offsets

    init(_ convolution: TrainedConvolution, input: Cells, dy: Cells) {
        weight = convolution.weight
        layer = convolution.layer
        self.input = input
        self.dy = dy
        layout = BandLayout(layer, width: dy.size.width)
        taps = Offsets(layout.taps(kernel: layer.kernel))
        blocks = Cut(input.blocks, most: max(1, min(4, input.blocks / 4)), evenly: true)
        let perRow = layout.rowFloats * layout.outputStep * blocks.length
        rows = Cut(dy.size.height, most: max(2, Grain.floats / perRow))
    }

    var pieces: Int { blocks.pieces }
    private var block: Int { layout.blockFloats(rows: rows.length, kernel: layer.kernel) }
    var ownFloats: Int { block * blocks.length }

    func run(_ piece: Int, in room: Room) {
        let blocks = blocks[piece]
        var outer = nn_outer(
            to: weight.gradient, inputs: input.blocks, taps: layer.kernel * layer.kernel, dy: dy, room)
        // Block b of the range lies where the range's first block begins.
        outer.x = UnsafePointer(room.own - blocks.lowerBound * block)
        outer.x_block = Int64(block)
        outer.x_row = Int64(layout.outputStep * layout.rowFloats)
        outer.x_column = Int64(Cells.channels)
        outer.taps = UnsafePointer(taps.start)
        outer.tap_count = Int64(taps.count)
        outer.dy_row = Int64(dy.row)
        outer.dy_column = Int64(Cells.channels)
        for image in 0..<dy.images {
            for index in 0..<rows.pieces {
                let band = rows[index]
                var gathered = layout.band(band, layer, of: input.size, input.element)
                nn_cells_gather(
                    room.arena + input.start(block: blocks.lowerBound, image: image), Int64(input.block),
                    Int64(blocks.count), &gathered, nil, nil, room.own, Int64(block))
                outer.rows = Int64(band.count)
                outer.columns = Int64(dy.size.width)
                outer.dy = UnsafePointer(room.arena + dy.start(block: 0, image: image) + band.lowerBound * dy.row)
                nn_cells_outer(
                    room.level, &outer, Int64(blocks.lowerBound), Int64(blocks.upperBound), 0,
                    Int64((dy.blocks + 1) / 2))
                outer.accumulate = 1
            }
        }
    }
}

/// The gradient of the weights that read the network's input: columns as for the forward pass.
struct StemOuterStage: Stage {
    let weight: TrainedTensor
    let columns: StemColumns
    let dy: Cells
    private let mask: CellBuffer

    init(_ convolution: TrainedConvolution, columns: StemColumns, dy: Cells) {
        weight = convolution.weight
        self.columns = columns
        self.dy = dy
        mask = convolution.weight.layout.mask!
    }

    /// A group of outputs each.
    var pieces: Int { (dy.blocks + 1) / 2 }
    var ownFloats: Int { columns.ownFloats }

    func run(_ piece: Int, in room: Room) {
        let tap: Int64 = 0
        withUnsafePointer(to: tap) { tap in
            var outer = nn_outer(to: weight.gradient, inputs: columns.blocks, taps: 1, dy: dy, room)
            outer.x = UnsafePointer(room.own)
            outer.x_block = Int64(columns.block)
            outer.x_column = Int64(Cells.channels)
            outer.taps = tap
            outer.tap_count = 1
            outer.rows = 1
            outer.dy_column = Int64(Cells.channels)
            for image in 0..<dy.images {
                for index in 0..<columns.rows.pieces {
                    let band = columns.rows[index]
                    columns.make(image: image, band, room)
                    outer.columns = Int64(band.count * dy.size.width)
                    outer.dy = UnsafePointer(
                        room.arena + dy.start(block: 0, image: image) + band.lowerBound * dy.row)
                    nn_cells_outer(room.level, &outer, 0, Int64(columns.blocks), Int64(piece), Int64(piece + 1))
                    outer.accumulate = 1
                }
            }
        }
        let group = PackedGroup(piece, outputs: dy.blocks * Cells.channels, blocks: columns.blocks, taps: 1)
        for index in group.start..<group.start + columns.blocks * Cells.channels * group.width {
            weight.gradient.start[index] *= mask.start[index]
        }
    }
}

/// The gradient of a transposed convolution's weights: x as it lies, dy at every stride-th place.
struct TransposedOuterStage: Stage {
    let weight: TrainedTensor
    let layer: Network.Convolution
    let input: Cells
    let dy: Cells
    private let cut: Cut

    init(_ convolution: TrainedConvolution, input: Cells, dy: Cells) {
        weight = convolution.weight
        layer = convolution.layer
        self.input = input
        self.dy = dy
        cut = Cut(input.blocks, most: max(1, input.blocks / Grain.pieces), evenly: true)
    }

    var pieces: Int { cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let blocks = cut[piece]
        let taps = layer.kernel * layer.kernel
        // A tap that no position meets keeps a gradient of 0.
        for group in 0..<(dy.blocks + 1) / 2 {
            let place = PackedGroup(group, outputs: dy.blocks * Cells.channels, blocks: input.blocks, taps: taps)
            let each = taps * Cells.channels * place.width
            (weight.gradient.start + place.start + blocks.lowerBound * each)
                .update(repeating: 0, count: blocks.count * each)
            for image in 0..<dy.images {
                for tap in 0..<taps {
                    add(tap, image: image, blocks: blocks, group: group, width: place.width, room)
                }
            }
        }
    }

    private func add(_ tap: Int, image: Int, blocks: Range<Int>, group: Int, width: Int, _ room: Room) {
        let row = tap / layer.kernel - crop(input.size.height, dy.size.height)
        let column = tap % layer.kernel - crop(input.size.width, dy.size.width)
        let rows = inside(row, input.size.height, dy.size.height)
        let columns = inside(column, input.size.width, dy.size.width)
        guard !rows.isEmpty, !columns.isEmpty else { return }
        let origin: Int64 = 0
        withUnsafePointer(to: origin) { origin in
            var outer = nn_outer(
                to: weight.gradient, inputs: input.blocks, taps: layer.kernel * layer.kernel, dy: dy, room)
            outer.x = UnsafePointer(
                room.arena + input.start(block: 0, image: image) + rows.lowerBound * input.row
                    + columns.lowerBound * Cells.channels)
            outer.x_block = Int64(input.block)
            outer.x_row = Int64(input.row)
            outer.x_column = Int64(Cells.channels)
            outer.taps = origin
            outer.tap_count = 1
            outer.rows = Int64(rows.count)
            outer.columns = Int64(columns.count)
            outer.dy = UnsafePointer(
                room.arena + dy.start(block: 0, image: image)
                    + (rows.lowerBound * layer.stride + row) * dy.row
                    + (columns.lowerBound * layer.stride + column) * Cells.channels)
            outer.dy_row = Int64(layer.stride * dy.row)
            outer.dy_column = Int64(layer.stride * Cells.channels)
            outer.grad += tap * Cells.channels * width
            outer.accumulate = 1
            nn_cells_outer(
                room.level, &outer, Int64(blocks.lowerBound), Int64(blocks.upperBound), Int64(group),
                Int64(group + 1))
        }
    }

    /// As the forward pass crops; see ``TransposedStage``.
    private func crop(_ from: Int, _ to: Int) -> Int { ((from - 1) * layer.stride + layer.kernel - to) / 2 }

    /// The positions whose result, `offset` from stride times theirs, lies inside.
    private func inside(_ offset: Int, _ from: Int, _ to: Int) -> Range<Int> {
        let first = offset < 0 ? (-offset + layer.stride - 1) / layer.stride : 0
        let end = min(from, (to - 1 - offset + layer.stride) / layer.stride)
        return first..<max(first, end)
    }
}
