import CKernels

/// Drops the same share of a layer's results, or of what reaches them, as long as the step's seed is the same.
struct DropoutStage: Stage {
    let value: Cells
    /// Of the layer, so that layers drop differently.
    let layer: Int
    let context: StepContext

    var pieces: Int { value.blocks }

    func run(_ piece: Int, in room: Room) {
        guard context.dropout > 0 else { return }
        let count = value.pixels * Cells.channels
        nn_dropout(
            room.arena + value.offset + piece * value.block, Int64(count), context.dropout,
            context.seed &+ UInt64(layer) &* 0x9E37_79B9_7F4A_7C15, UInt64(piece * count))
    }
}

/// Zeros, where several add to one gradient and none is the first to write all of it.
struct ZeroStage: Stage {
    let value: Cells
    let blocks: [Int]

    var pieces: Int { blocks.count }

    func run(_ piece: Int, in room: Room) {
        (room.arena + value.offset + blocks[piece] * value.block)
            .update(repeating: 0, count: value.pixels * Cells.channels)
    }
}

/// Adds one value to another of the same shape.
struct AddToStage: Stage {
    let input: Cells
    let output: Cells

    var pieces: Int { input.blocks }

    func run(_ piece: Int, in room: Room) {
        nn_add_to(
            room.arena + input.offset + piece * input.block, Int64(input.pixels * Cells.channels),
            room.arena + output.offset + piece * output.block)
    }
}

struct ReLUBackwardStage: Stage {
    let output: Cells
    let dy: Cells
    let dx: Cells
    let adds: Bool

    var pieces: Int { output.blocks }

    func run(_ piece: Int, in room: Room) {
        nn_relu_backward(
            room.arena + output.offset + piece * output.block, room.arena + dy.offset + piece * dy.block,
            Int64(output.pixels * Cells.channels), adds ? 1 : 0, room.arena + dx.offset + piece * dx.block)
    }
}

/// Adds to dx, which holds zeros or other readers' gradients.
struct MaxPoolBackwardStage: Stage {
    let kernel: Int
    let stride: Int
    let padding: Int
    let input: Cells
    let dy: Cells
    let dx: Cells

    var pieces: Int { input.planes }

    func run(_ piece: Int, in room: Room) {
        nn_cells_max_pool_backward(
            room.arena + input.start(plane: piece), room.arena + dy.start(plane: piece),
            room.arena + dx.start(plane: piece), Int64(input.size.height), Int64(input.size.width), Int64(kernel),
            Int64(stride), Int64(padding), Int64(dy.size.height), Int64(dy.size.width))
    }
}

struct AverageBackwardStage: Stage {
    let dy: Cells
    let dx: Cells
    let adds: Bool

    var pieces: Int { dx.planes }

    func run(_ piece: Int, in room: Room) {
        nn_cells_average_backward(
            room.arena + dy.start(plane: piece), Int64(dx.size.pixels), adds ? 1 : 0,
            room.arena + dx.start(plane: piece))
    }
}

/// The gradient of a bias: the sum of what reaches it.
struct BiasGradientStage: Stage {
    let bias: TrainedTensor
    let dy: Cells

    var pieces: Int { dy.blocks }
    var ownFloats: Int { 2 * Cells.channels }

    func run(_ piece: Int, in room: Room) {
        let lanes = Cells.channels
        UnsafeMutableRawPointer(room.own).withMemoryRebound(to: Double.self, capacity: lanes) { sum in
            nn_cells_sum(room.arena + dy.offset + piece * dy.block, Int64(dy.pixels), sum)
            for lane in 0..<lanes { bias.gradient.start[piece * lanes + lane] = Float(sum[lane]) }
        }
    }
}

/// The loss of each image, and what it says to the logits.
struct LossStage: Stage {
    let logits: Cells
    let classes: Int
    let dy: Cells
    let context: StepContext
    let losses: UnsafeLosses

    var pieces: Int { logits.images }

    func run(_ piece: Int, in room: Room) {
        let pixels = logits.size.pixels
        var weights = 0.0
        let target = context.target
        losses.start[piece] = target.labels.withUnsafeBufferPointer { labels in
            nn_cells_cross_entropy(
                room.arena + logits.start(block: 0, image: piece), labels.baseAddress! + piece * pixels,
                Int64(pixels), Int64(classes), target.weights, target.smoothing, context.factor,
                room.arena + dy.start(block: 0, image: piece), &weights)
        }
    }
}

/// A number for each image, written by the pieces of one stage.
final class UnsafeLosses: @unchecked Sendable {
    let count: Int
    let start: UnsafeMutablePointer<Double>

    init(count: Int) {
        self.count = count
        start = .allocate(capacity: count)
        start.initialize(repeating: 0, count: count)
    }

    deinit { start.deallocate() }
}
