import CKernels

/// The network's input as cells, for layers that read it so.
struct LoadStage: Stage {
    let channels: Int
    let firstImage: Int
    let output: Cells

    var pieces: Int { output.images }

    func run(_ piece: Int, in room: Room) {
        nn_cells_from_planes(
            room.input + (firstImage + piece) * channels * output.size.pixels, Int64(channels),
            Int64(output.size.pixels),
            room.arena + output.offset + piece * output.imageFloats, Int64(output.block))
    }
}

/// Batch normalisation that no convolution took in, or a ReLU alone.
struct ScaleShiftStage: Stage {
    let scale: CellBuffer
    let shift: CellBuffer
    let relu: Bool
    let input: Cells
    let output: Cells
    private let cut: Cut

    init(_ values: ScaleShift, relu: Bool, input: Cells, output: Cells) {
        scale = CellBuffer(perChannel: values.scale)
        shift = CellBuffer(perChannel: values.shift)
        self.relu = relu
        self.input = input
        self.output = output
        cut = Cut(input.pixels, most: Grain.floats / Cells.channels)
    }

    var pieces: Int { input.blocks * cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let block = piece / cut.pieces
        let pixels = cut[piece % cut.pieces]
        let start = pixels.lowerBound * Cells.channels
        nn_cells_scale_shift(
            room.arena + input.offset + block * input.block + start,
            room.arena + output.offset + block * output.block + start, Int64(pixels.count),
            scale.start + block * Cells.channels, shift.start + block * Cells.channels, relu ? 1 : 0)
    }
}

struct AddStage: Stage {
    let left: Cells
    let right: Cells
    let output: Cells
    let relu: Bool

    var pieces: Int { output.blocks }

    func run(_ piece: Int, in room: Room) {
        nn_add_relu(
            room.arena + left.offset + piece * left.block, room.arena + right.offset + piece * right.block,
            room.arena + output.offset + piece * output.block, Int64(output.pixels * Cells.channels), relu ? 1 : 0)
    }
}

struct MaxPoolStage: Stage {
    let kernel: Int
    let stride: Int
    let padding: Int
    let input: Cells
    let output: Cells

    var pieces: Int { output.planes }

    func run(_ piece: Int, in room: Room) {
        nn_cells_max_pool(
            output.element.code, room.arena + input.start(plane: piece),
            room.arena + output.start(plane: piece), Int64(input.size.height),
            Int64(input.size.width), Int64(kernel), Int64(stride), Int64(padding), Int64(output.size.height),
            Int64(output.size.width))
    }
}

struct AverageStage: Stage {
    let input: Cells
    let output: Cells

    var pieces: Int { output.planes }

    func run(_ piece: Int, in room: Room) {
        nn_cells_average(
            room.arena + input.start(plane: piece),
            room.arena + output.start(plane: piece), Int64(input.size.pixels))
    }
}

/// One part of a concatenation that does not lie in the result already.
struct CopyStage: Stage {
    let input: Cells
    let channels: Int
    let output: Cells
    /// First channel in the result.
    let at: Int

    var pieces: Int { 1 }

    func run(_ piece: Int, in room: Room) {
        nn_cells_copy_channels(
            room.arena + input.offset, Int64(input.block), Int64(channels), Int64(input.pixels),
            room.arena + output.offset, Int64(output.block), Int64(at))
    }
}

/// A value of f32 in lower precision.
struct NarrowStage: Stage {
    let input: Cells
    let output: Cells
    private let cut: Cut

    init(input: Cells, output: Cells) {
        self.input = input
        self.output = output
        cut = Cut(input.pixels, most: Grain.floats / (input.blocks * Cells.channels))
    }

    var pieces: Int { cut.pieces }

    func run(_ piece: Int, in room: Room) {
        let pixels = cut[piece]
        let start = pixels.lowerBound * Cells.channels
        nn_cells_narrow(
            room.arena + input.offset + start, Int64(input.block), Int64(input.blocks * Cells.channels),
            Int64(pixels.count), output.element.code, 1 / output.element.scale, output.element.zero,
            room.arena + output.offset + start, Int64(output.block))
    }
}
