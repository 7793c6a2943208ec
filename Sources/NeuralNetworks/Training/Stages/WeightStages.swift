import CKernels

/// Winograd's weights of a convolution, made anew because they changed.
struct WinogradWeightsStage: Stage {
    let packed: CellBuffer
    let outputs: Int
    let inputs: Int
    let transformed: CellBuffer
    private var blocks: Int { Cells.blocks(inputs) }

    init(_ packed: CellBuffer, outputs: Int, inputs: Int, to transformed: CellBuffer) {
        self.packed = packed
        self.outputs = outputs
        self.inputs = inputs
        self.transformed = transformed
    }

    /// A group of outputs each.
    var pieces: Int { (Cells.blocks(outputs) + 1) / 2 }

    func run(_ piece: Int, in room: Room) {
        let group = PackedGroup(piece, outputs: outputs, blocks: blocks, taps: 9)
        nn_winograd_packed_weights(
            packed.start + group.start, Int64(blocks), Int64(group.width), transformed.start + group.start / 9,
            nn_cells_packed(Int64(outputs), Int64(inputs), 1))
    }
}

/// Where a group of outputs lies in packed weights.
struct PackedGroup {
    /// Floats before it.
    let start: Int
    /// Its outputs: two cells, or one.
    let width: Int

    init(_ group: Int, outputs: Int, blocks: Int, taps: Int) {
        let full = Int(NN_GROUP)
        start = group * blocks * taps * Cells.channels * full
        width = min(full, Cells.blocks(outputs) * Cells.channels - group * full)
    }
}

/// The weights of a data gradient: inputs and outputs exchanged, some of the taps.
struct TurnStage: Stage {
    let packed: CellBuffer
    let outputs: Int
    let inputs: Int
    let taps: Int
    let kept: Offsets
    let turned: CellBuffer
    private let cut: Cut

    init(_ convolution: TrainedConvolution, kept: [Int], to turned: CellBuffer) {
        packed = convolution.weight.weight
        outputs = convolution.layer.outputs
        inputs = convolution.inputs
        taps = convolution.layer.kernel * convolution.layer.kernel
        self.kept = Offsets(kept)
        self.turned = turned
        cut = Cut(Cells.blocks(inputs), most: max(1, Cells.blocks(inputs) / Grain.pieces))
    }

    var pieces: Int { kept.count > 0 ? cut.pieces : 0 }

    func run(_ piece: Int, in room: Room) {
        let blocks = cut[piece]
        nn_cells_turn(
            packed.start, Int64(outputs), Int64(inputs), Int64(taps), kept.start, Int64(kept.count), turned.start,
            Int64(blocks.lowerBound), Int64(blocks.upperBound))
    }
}

/// The weights of each phase of a transposed convolution.
struct PhaseWeightsStage: Stage {
    let convolution: TrainedConvolution
    let packed: PackedTransposed

    var pieces: Int { packed.phases.count }

    func run(_ piece: Int, in room: Room) {
        let layer = convolution.layer
        let phase = packed.phases[piece]
        nn_cells_keep_taps(
            convolution.weight.weight.start, Int64(layer.outputs), Int64(convolution.inputs),
            Int64(layer.kernel * layer.kernel), phase.kept.map(Int64.init), Int64(phase.kept.count),
            phase.weights.start)
    }
}
