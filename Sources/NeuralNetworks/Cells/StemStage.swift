import CKernels

/// A convolution of the network's input, which has few channels: columns of half cells, made band by band.
struct StemStage: Stage {
    let groups: OutputGroups
    let layer: Network.Convolution
    let channels: Int
    let size: Program.Size
    let firstImage: Int
    let output: Cells
    private let rows: Cut

    /// Taps of a row of the kernel that a half cell holds.
    static let widestKernel = Cells.channels / 2

    static func suits(_ fused: Program.FusedConvolution) -> Bool {
        fused.layer.kernel <= widestKernel && fused.before == nil
    }

    /// Blocks of columns.
    static func blocks(channels: Int, kernel: Int) -> Int { (channels * kernel + 1) / 2 }

    init(_ packed: PackedConvolution, channels: Int, size: Program.Size, firstImage: Int, output: Cells) {
        layer = packed.layer
        self.channels = channels
        self.size = size
        self.firstImage = firstImage
        self.output = output
        let perRow = output.row * Self.blocks(channels: channels, kernel: packed.layer.kernel)
        rows = Cut(output.size.height, most: max(1, Grain.floats / perRow))
        groups = packed.groups(taps: [0], parts: 1)
    }

    var pieces: Int { output.images * rows.pieces }

    private var blocks: Int { Self.blocks(channels: channels, kernel: layer.kernel) }
    private var block: Int { (rows.length * output.size.width | 1) * Cells.channels }
    /// Floats of a padded row: a half cell reads on after the kernel's last tap.
    private var pitch: Int { (output.size.width - 1) * layer.stride + Self.widestKernel }
    private func paddedRows(_ rows: Int) -> Int { (rows - 1) * layer.stride + layer.kernel }
    var ownFloats: Int { block * blocks + channels * paddedRows(rows.length) * pitch }

    func run(_ piece: Int, in room: Room) {
        let image = piece / rows.pieces
        let band = rows[piece % rows.pieces]
        let padded = room.own + block * blocks
        let height = paddedRows(band.count)
        nn_pad_planes(
            room.input + (firstImage + image) * channels * size.pixels, Int64(channels), Int64(size.height),
            Int64(size.width),
            Int64(band.lowerBound * layer.stride - layer.padding), Int64(-layer.padding), Int64(height), Int64(pitch),
            padded)
        nn_cells_columns(
            padded, Int64(height * pitch), Int64(pitch), Int64(channels), Int64(layer.kernel), Int64(layer.stride),
            Int64(band.count), Int64(output.size.width), room.own, Int64(block))
        var product = groups.product(
            from: room.own, blocks: blocks, block: block,
            to: room.arena + output.offset + image * output.imageFloats + band.lowerBound * output.row,
            yBlock: output.block)
        product.columns = Int64(band.count * output.size.width)
        groups.multiply(&product, part: 0, room.level)
    }
}
