import CKernels

/// What Winograd's stages share: F(4×4, 3×3), tiles of 4 × 4 outputs.
struct Winograd: Sendable {
    static let positions = Int(NN_WINOGRAD_POSITIONS)

    let input: Cells
    let output: Cells
    let tiling: nn_tiling
    let tiles: Int

    init(input: Cells, output: Cells) {
        self.input = input
        self.output = output
        let down = (output.size.height + 3) / 4
        let across = (output.size.width + 3) / 4
        tiling = nn_tiling(
            height: Int64(output.size.height), width: Int64(output.size.width), tiles_down: Int64(down),
            tiles_across: Int64(across))
        tiles = output.images * Self.tiles(of: output.size)
    }

    /// Of one image.
    static func tiles(of size: Program.Size) -> Int { ((size.height + 3) / 4) * ((size.width + 3) / 4) }

    static func suits(_ layer: Network.Convolution) -> Bool {
        layer.kernel == 3 && layer.stride == 1 && layer.padding == 1
    }

    /// Floats between the blocks of `tiles` transformed tiles, and between the positions of `blocks` blocks: odd
    /// numbers of cells, since the 36 positions of a tile are written together.
    static func block(tiles: Int) -> Int { (tiles | 1) * Cells.channels }
    static func position(tiles: Int, blocks: Int) -> Int { ((tiles | 1) * blocks | 1) * Cells.channels }

    func spread(
        _ tiles: Range<Int>, blocks: Range<Int>, before: (scale: CellBuffer, shift: CellBuffer)?,
        to v: UnsafeMutablePointer<Float>, position: Int, block: Int, _ room: Room
    ) {
        withUnsafePointer(to: tiling) { tiling in
            nn_winograd_input(
                room.level, room.arena + input.offset + blocks.lowerBound * input.block, Int64(input.block),
                Int64(blocks.count), tiling, Int64(tiles.lowerBound), Int64(tiles.upperBound),
                before.map { $0.scale.start + blocks.lowerBound * Cells.channels },
                before.map { $0.shift.start + blocks.lowerBound * Cells.channels }, v, Int64(position), Int64(block))
        }
    }

    func gather(
        _ tiles: Range<Int>, blocks: Range<Int>, bias: CellBuffer?, relu: Bool, from m: UnsafePointer<Float>,
        position: Int, block: Int, _ room: Room
    ) {
        withUnsafePointer(to: tiling) { tiling in
            nn_winograd_output(
                room.level, m, Int64(position), Int64(block), Int64(blocks.count), tiling, Int64(tiles.lowerBound),
                Int64(tiles.upperBound), bias.map { $0.start + blocks.lowerBound * Cells.channels }, relu ? 1 : 0,
                room.arena + output.offset + blocks.lowerBound * output.block, Int64(output.block))
        }
    }
}

/// Some tiles of a convolution onto many channels: all are transformed, then each of the 36 positions is one matrix
/// product whose weights are read once, then all are transformed back.
struct WinogradShare: Sendable {
    let winograd: Winograd
    let packed: PackedConvolution
    /// Of the layer's, what these stages do.
    let tiles: Range<Int>

    var vBlock: Int { Winograd.block(tiles: tiles.count) }
    var vPosition: Int { Winograd.position(tiles: tiles.count, blocks: winograd.input.blocks) }
    var mPosition: Int { Winograd.position(tiles: tiles.count, blocks: winograd.output.blocks) }
    var mOffset: Int { Winograd.positions * vPosition }
    var floats: Int { Winograd.positions * (vPosition + mPosition) }

    /// Floats of transformed inputs and products of one tile.
    static func tileFloats(_ winograd: Winograd) -> Int {
        Winograd.positions * (winograd.input.blocks + winograd.output.blocks) * Cells.channels
    }
    /// Of all stages of a share: what stays in a usual third-level cache.
    static let mostFloats = 3 << 20

    static func stages(_ packed: PackedConvolution, _ winograd: Winograd) -> [any Stage] {
        let cut = Cut(winograd.tiles, most: max(28, mostFloats / tileFloats(winograd)), multiple: 14)
        return (0..<cut.pieces).flatMap { piece -> [any Stage] in
            let share = WinogradShare(winograd: winograd, packed: packed, tiles: cut[piece])
            return [WinogradSpread(share), WinogradProduct(share), WinogradGather(share)]
        }
    }
}

/// How the tiles of a share and some blocks are cut into pieces for a transform.
private struct TransformCut: Sendable {
    private let share: WinogradShare
    private let tiles: Cut
    private let blocks: Cut

    init(_ share: WinogradShare, blocks: Int) {
        self.share = share
        tiles = Cut(share.tiles.count, most: 28)
        self.blocks = Cut(blocks, most: 4)
    }

    var pieces: Int { tiles.pieces * blocks.pieces }

    /// Tiles are counted in the layer; `offset` leads to the first of them in its block.
    subscript(_ piece: Int) -> (tiles: Range<Int>, blocks: Range<Int>, offset: Int) {
        let some = tiles[piece % tiles.pieces]
        let blocks = blocks[piece / tiles.pieces]
        let first = share.tiles.lowerBound
        return (
            first + some.lowerBound..<first + some.upperBound, blocks,
            blocks.lowerBound * share.vBlock + some.lowerBound * Cells.channels
        )
    }
}

struct WinogradSpread: Stage {
    let share: WinogradShare
    private let cut: TransformCut

    init(_ share: WinogradShare) {
        self.share = share
        cut = TransformCut(share, blocks: share.winograd.input.blocks)
    }

    var pieces: Int { cut.pieces }
    var sharedFloats: Int { share.floats }

    func run(_ piece: Int, in room: Room) {
        let part = cut[piece]
        share.winograd.spread(
            part.tiles, blocks: part.blocks, before: share.packed.before, to: room.shared + part.offset,
            position: share.vPosition, block: share.vBlock, room)
    }
}

struct WinogradProduct: Stage {
    let share: WinogradShare
    private let groups: OutputGroups

    init(_ share: WinogradShare) {
        self.share = share
        groups = share.packed.groups(taps: [0], parts: 1, biased: false)
    }

    var pieces: Int { Winograd.positions }

    func run(_ piece: Int, in room: Room) {
        var product = groups.product(
            from: room.shared + piece * share.vPosition, blocks: share.winograd.input.blocks, block: share.vBlock,
            to: room.shared + share.mOffset + piece * share.mPosition, yBlock: share.vBlock)
        product.weights = UnsafePointer(groups.weights.start + piece * share.packed.positionFloats)
        product.columns = Int64(share.tiles.count)
        groups.multiply(&product, part: 0, room.level)
    }
}

struct WinogradGather: Stage {
    let share: WinogradShare
    private let cut: TransformCut

    init(_ share: WinogradShare) {
        self.share = share
        cut = TransformCut(share, blocks: share.winograd.output.blocks)
    }

    var pieces: Int { cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let part = cut[piece]
        share.winograd.gather(
            part.tiles, blocks: part.blocks, bias: share.packed.bias, relu: share.packed.relu,
            from: room.shared + share.mOffset + part.offset, position: share.mPosition, block: share.vBlock, room)
    }
}

/// A convolution onto few channels (a dense block's): one piece does all three steps for some tiles, input channels by
/// portions that stay in the thread's cache, and adds up what they contribute.
struct WinogradNarrow: Stage {
    let winograd: Winograd
    let packed: PackedConvolution
    private let groups: OutputGroups
    private let tiles: Cut
    private let blocks: Cut

    /// Tiles and input blocks of a portion.
    static let mostTiles = 28
    static let mostBlocks = 4

    init(_ packed: PackedConvolution, _ winograd: Winograd) {
        self.packed = packed
        self.winograd = winograd
        groups = packed.groups(taps: [0], parts: 1, biased: false)
        let wanted = (winograd.tiles + Grain.pieces - 1) / Grain.pieces
        tiles = Cut(winograd.tiles, most: min(Self.mostTiles, max(8, wanted)))
        blocks = Cut(winograd.input.blocks, most: Self.mostBlocks)
    }

    var pieces: Int { tiles.pieces }
    private var tileBlock: Int { Winograd.block(tiles: tiles.length) }
    private var vPosition: Int { Winograd.position(tiles: tiles.length, blocks: blocks.length) }
    private var mPosition: Int { Winograd.position(tiles: tiles.length, blocks: winograd.output.blocks) }
    var ownFloats: Int { Winograd.positions * (vPosition + mPosition) }

    func run(_ piece: Int, in room: Room) {
        let some = tiles[piece]
        let m = room.own + Winograd.positions * vPosition
        for portion in 0..<blocks.pieces {
            let blocks = blocks[portion]
            winograd.spread(
                some, blocks: blocks, before: packed.before, to: room.own, position: vPosition, block: tileBlock, room)
            for position in 0..<Winograd.positions {
                let to = m + position * mPosition
                var product = groups.product(
                    from: room.own + position * vPosition, blocks: blocks.count, block: tileBlock, to: to,
                    yBlock: tileBlock)
                if portion > 0 {
                    product.residual = UnsafePointer(to)
                    product.residual_block = product.y_block
                }
                product.columns = Int64(some.count)
                product.is_near = 1
                product.weights = UnsafePointer(packed.narrowWeights(position: position, block: blocks.lowerBound))
                groups.multiply(&product, part: 0, room.level)
            }
        }
        winograd.gather(
            some, blocks: 0..<winograd.output.blocks, bias: packed.bias, relu: packed.relu, from: m,
            position: mPosition, block: tileBlock, room)
    }
}
