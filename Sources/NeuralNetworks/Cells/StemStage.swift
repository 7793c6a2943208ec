import CKernels

/// The network's input, which has few channels, as columns, made band by band, in which a row of the kernel takes half a
/// cell of f32, or the eighth of one of bytes.
struct StemColumns: Sendable {
    let layer: Network.Convolution
    let channels: Int
    /// Of the input.
    let size: Program.Size
    let width: Int
    /// Of the columns.
    let element: Element
    /// Bands of output rows.
    let rows: Cut

    /// - Parameter output: size of the convolution's result.
    init(
        _ layer: Network.Convolution, channels: Int, size: Program.Size, output: Program.Size, element: Element
    ) {
        self.layer = layer
        self.channels = channels
        self.size = size
        self.element = element
        width = output.width
        let perRow =
            output.width * Cells.channels * StemStage.blocks(channels: channels, kernel: layer.kernel, element)
        rows = Cut(output.height, most: max(1, Grain.floats / perRow))
    }

    var blocks: Int { StemStage.blocks(channels: channels, kernel: layer.kernel, element) }
    var block: Int { (rows.length * width | 1) * Cells.channels }
    /// Floats of a padded row: a half cell reads on after the kernel's last tap.
    private var pitch: Int { (width - 1) * layer.stride + StemStage.widestKernel }
    private func paddedRows(_ rows: Int) -> Int { (rows - 1) * layer.stride + layer.kernel }
    var ownFloats: Int { block * blocks + channels * paddedRows(rows.length) * pitch }

    /// Makes the columns of a band in the thread's own memory.
    func make(image: Int, _ band: Range<Int>, _ room: Room) {
        let planes = room.input + image * channels * size.pixels
        let padded = room.own + block * blocks
        let height = paddedRows(band.count)
        let top = Int64(band.lowerBound * layer.stride - layer.padding)
        if case .u8(let scale, let zero) = element {
            padded.withMemoryRebound(to: UInt8.self, capacity: channels * height * pitch) { padded in
                nn_pad_planes_u8(
                    planes, Int64(channels), Int64(size.height), Int64(size.width), top, Int64(-layer.padding),
                    Int64(height), Int64(pitch), 1 / scale, zero, padded)
                nn_cells_columns_u8(
                    padded, Int64(height * pitch), Int64(pitch), Int64(channels), Int64(layer.kernel),
                    Int64(layer.stride), Int64(band.count), Int64(width), room.own, Int64(block))
            }
        } else {
            nn_pad_planes(
                planes, Int64(channels), Int64(size.height), Int64(size.width), top, Int64(-layer.padding),
                Int64(height), Int64(pitch), padded)
            nn_cells_columns(
                padded, Int64(height * pitch), Int64(pitch), Int64(channels), Int64(layer.kernel),
                Int64(layer.stride), Int64(band.count), Int64(width), room.own, Int64(block))
        }
    }
}

/// A convolution of the network's input.
struct StemStage: Stage {
    let groups: OutputGroups
    let columns: StemColumns
    let firstImage: Int
    let output: Cells

    /// Taps that a row of the kernel has room for.
    static let widestKernel = 8

    static func suits(_ fused: Program.FusedConvolution) -> Bool {
        fused.layer.kernel <= widestKernel && fused.before == nil
    }

    /// Blocks of columns.
    static func blocks(channels: Int, kernel: Int, _ element: Element) -> Int {
        let rows = element.channels / widestKernel
        return (channels * kernel + rows - 1) / rows
    }

    init(_ packed: PackedConvolution, channels: Int, size: Program.Size, firstImage: Int, output: Cells) {
        columns = StemColumns(
            packed.layer, channels: channels, size: size, output: output.size, element: packed.element)
        self.firstImage = firstImage
        self.output = output
        groups = packed.groups(taps: [0], parts: 1)
    }

    var pieces: Int { output.images * columns.rows.pieces }
    var ownFloats: Int { columns.ownFloats }

    func run(_ piece: Int, in room: Room) {
        let image = piece / columns.rows.pieces
        let band = columns.rows[piece % columns.rows.pieces]
        columns.make(image: firstImage + image, band, room)
        var product = groups.product(
            from: room.own, block: columns.block, blocks: columns.blocks, columns.element, to: output, residual: nil,
            offset: image * output.imageFloats + band.lowerBound * output.row, room)
        product.columns = Int64(band.count * output.size.width)
        groups.multiply(&product, part: 0, room.level)
    }
}
