import CKernels

/// What the convolutions have in common: packed weights, and how the groups of output channels are shared out.
struct OutputGroups: Sendable {
    let weights: CellBuffer
    let bias: CellBuffer?
    /// Of products of bytes.
    let scale: CellBuffer?
    let taps: Offsets
    /// Output channels by 16.
    let blocks: Int
    let relu: Bool
    let cut: Cut

    /// - Parameter parts: into how many the groups are cut.
    init(
        weights: CellBuffer, bias: CellBuffer?, scale: CellBuffer? = nil, taps: [Int], outputs: Int, relu: Bool,
        parts: Int
    ) {
        self.weights = weights
        self.bias = bias
        self.scale = scale
        self.taps = Offsets(taps)
        blocks = Cells.blocks(outputs)
        self.relu = relu
        let groups = (blocks + 1) / 2
        cut = Cut(groups, most: (groups + parts - 1) / max(1, parts))
    }

    /// A product over one position of f32; callers say where positions are.
    func product(
        from x: UnsafePointer<Float>, blocks inputs: Int, block: Int, to y: UnsafeMutablePointer<Float>,
        yBlock: Int
    ) -> nn_product {
        var product = nn_product()
        product.x = x
        product.blocks = Int64(inputs)
        product.x_block = Int64(block)
        product.taps = UnsafePointer(taps.start)
        product.tap_count = Int64(taps.count)
        product.rows = 1
        product.columns = 1
        product.weights = UnsafePointer(weights.start)
        product.bias = bias.map { UnsafePointer($0.start) }
        product.y = y
        product.y_block = Int64(yBlock)
        product.y_column = Int64(Cells.channels)
        product.output_blocks = Int64(blocks)
        product.relu = relu ? 1 : 0
        return product
    }

    /// A product of `blocks` gathered or plain cells to `output`, `offset` floats from its first pixel.
    func product(
        from x: UnsafePointer<Float>, block: Int, blocks: Int, _ element: Element, to output: Cells, residual: Cells?,
        offset: Int, _ room: Room
    ) -> nn_product {
        var product = product(
            from: x, blocks: blocks, block: block, to: room.arena + output.offset + offset, yBlock: output.block)
        product.element = element.code
        product.y_element = output.element.code
        product.y_inverse = 1 / output.element.scale
        product.y_zero = output.element.zero
        product.scale = scale.map { UnsafePointer($0.start) }
        if let residual {
            product.residual = UnsafePointer(room.arena + residual.offset + offset)
            product.residual_block = Int64(residual.block)
            product.residual_element = residual.element.code
            product.residual_scale = residual.element.scale
            product.residual_zero = residual.element.zero
        }
        return product
    }

    func multiply(_ product: inout nn_product, part: Int, _ level: ck_level) {
        let groups = cut[part]
        nn_cells_product(level, &product, Int64(groups.lowerBound), Int64(groups.upperBound))
    }
}

/// How finely work is cut: enough pieces for a few threads to end at about the same time.
enum Grain {
    static let pieces = 8
    /// Floats of input that a piece reads: half of a usual second-level cache.
    static let floats = 1 << 17

    /// Into how many parts the output channels are cut when `pieces` pieces of positions are too few.
    static func parts(pieces: Int) -> Int { (Self.pieces + pieces - 1) / max(1, pieces) }
}
