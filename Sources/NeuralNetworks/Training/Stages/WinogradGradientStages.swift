import CKernels

/// The gradient of a 3×3 convolution's weights, the way Winograd's F(4×4, 3×3) computes its results turned round: with
/// V = Bᵀ d B of the inputs and W = A dy Aᵀ of what reaches the outputs, the gradient is Gᵀ [Σ over tiles V ⊗ W] G.
struct WinogradOuterShare: Sendable {
    let weight: TrainedTensor
    let input: Winograd
    /// Reads what reaches the outputs.
    let dy: Cells
    let gradient: CellBuffer
    let tiles: Range<Int>
    let isFirst: Bool

    var block: Int { Winograd.block(tiles: tiles.count) }
    var vPosition: Int { Winograd.position(tiles: tiles.count, blocks: input.input.blocks) }
    var wPosition: Int { Winograd.position(tiles: tiles.count, blocks: dy.blocks) }
    var wOffset: Int { Winograd.positions * vPosition }
    var floats: Int { Winograd.positions * (vPosition + wPosition) }
    /// Floats between the positions of the transformed weights' gradient.
    var gradientPosition: Int {
        Int(nn_cells_packed(Int64(dy.blocks * Cells.channels), Int64(input.input.blocks * Cells.channels), 1))
    }

    /// - Parameter gradient: room for the transformed weights' gradient.
    static func stages(
        _ weight: TrainedTensor, input: Cells, dy: Cells, gradient: CellBuffer
    ) -> [any Stage] {
        let winograd = Winograd(input: input, output: dy)
        let cut = Cut(
            winograd.tiles, most: max(28, WinogradShare.mostFloats / WinogradShare.tileFloats(winograd)),
            multiple: 4)
        let shares = (0..<cut.pieces).map {
            WinogradOuterShare(
                weight: weight, input: winograd, dy: dy, gradient: gradient, tiles: cut[$0], isFirst: $0 == 0)
        }
        return shares.flatMap { [WinogradOuterSpread($0), WinogradOuterProduct($0)] as [any Stage] }
            + [WinogradOuterGather(shares[0])]
    }
}

/// Transforms some tiles of both sides.
private struct WinogradOuterSpread: Stage {
    let share: WinogradOuterShare
    private let tiles: Cut
    private let inputs: Cut
    private let outputs: Cut

    init(_ share: WinogradOuterShare) {
        self.share = share
        tiles = Cut(share.tiles.count, most: 28)
        inputs = Cut(share.input.input.blocks, most: 4)
        outputs = Cut(share.dy.blocks, most: 4)
    }

    var pieces: Int { tiles.pieces * (inputs.pieces + outputs.pieces) }
    var sharedFloats: Int { share.floats }

    func run(_ piece: Int, in room: Room) {
        let some = tiles[piece % tiles.pieces]
        let part = piece / tiles.pieces
        let first = share.tiles.lowerBound + some.lowerBound
        let end = share.tiles.lowerBound + some.upperBound
        let start = some.lowerBound * Cells.channels
        guard part >= inputs.pieces else {
            let blocks = inputs[part]
            return share.input.spread(
                first..<end, blocks: blocks, before: nil,
                to: room.shared + blocks.lowerBound * share.block + start, position: share.vPosition,
                block: share.block, room)
        }
        let blocks = outputs[part - inputs.pieces]
        share.input.spreadGradient(
            first..<end, of: share.dy, blocks: blocks,
            to: room.shared + share.wOffset + blocks.lowerBound * share.block + start, position: share.wPosition,
            block: share.block, room)
    }
}

extension Winograd {
    /// A dy Aᵀ of some tiles of the outputs.
    func spreadGradient(
        _ tiles: Range<Int>, of dy: Cells, blocks: Range<Int>, to v: UnsafeMutablePointer<Float>, position: Int,
        block: Int, _ room: Room
    ) {
        withUnsafePointer(to: tiling) { tiling in
            nn_winograd_output_gradient(
                room.level, room.arena + dy.offset + blocks.lowerBound * dy.block, Int64(dy.block),
                Int64(blocks.count), tiling, Int64(tiles.lowerBound), Int64(tiles.upperBound), v, Int64(position),
                Int64(block))
        }
    }
}

/// Σ V ⊗ W, position by position.
private struct WinogradOuterProduct: Stage {
    let share: WinogradOuterShare

    init(_ share: WinogradOuterShare) { self.share = share }

    var pieces: Int { Winograd.positions }

    func run(_ piece: Int, in room: Room) {
        let tap: Int64 = 0
        withUnsafePointer(to: tap) { tap in
            var outer = nn_outer(to: share.gradient, inputs: share.input.input.blocks, taps: 1, dy: share.dy, room)
            outer.x = UnsafePointer(room.shared + piece * share.vPosition)
            outer.x_block = Int64(share.block)
            outer.x_column = Int64(Cells.channels)
            outer.taps = tap
            outer.tap_count = 1
            outer.rows = 1
            outer.columns = Int64(share.tiles.count)
            outer.dy = UnsafePointer(room.shared + share.wOffset + piece * share.wPosition)
            outer.dy_block = Int64(share.block)
            outer.dy_column = Int64(Cells.channels)
            outer.grad += piece * share.gradientPosition
            outer.accumulate = share.isFirst ? 0 : 1
            nn_cells_outer(
                room.level, &outer, 0, Int64(share.input.input.blocks), 0, Int64((share.dy.blocks + 1) / 2))
        }
    }
}

/// Gᵀ [·] G.
private struct WinogradOuterGather: Stage {
    let share: WinogradOuterShare

    init(_ share: WinogradOuterShare) { self.share = share }

    /// A group of outputs each.
    var pieces: Int { (share.dy.blocks + 1) / 2 }

    func run(_ piece: Int, in room: Room) {
        let blocks = share.input.input.blocks
        let group = PackedGroup(piece, outputs: share.dy.blocks * Cells.channels, blocks: blocks, taps: 9)
        nn_winograd_weights_gradient(
            share.gradient.start + group.start / 9, Int64(share.gradientPosition), Int64(blocks),
            Int64(group.width), share.weight.gradient.start + group.start)
    }
}
