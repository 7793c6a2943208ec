/// Where each value of a program lies, for one size of input: x[channel][image][row][column].
struct ColumnsPlan: Sendable {
    let images: Int
    let sizes: [Network.NodeID: Program.Size]
    /// Floats from the arena's start, for each value.
    let offsets: [Network.NodeID: Int]
    /// Floats of the arena.
    let arena: Int
    /// Floats of the room that all threads share within a step, and of the room each has alone.
    let sharedScratch: Int
    let threadScratch: Int

    /// Floats that a plan may take: 8 GiB.
    static let mostFloats = 1 << 31

    /// - Throws: ``NeuralNetworkError/input(network:problem:)`` when the input is too small or too large.
    init(_ program: Program, _ kernels: [ColumnsKernel], images: Int, height: Int, width: Int) throws {
        self.images = images
        let sizes = try program.sizes(images: images, height: height, width: width)
        self.sizes = sizes
        let placement = Placement(program, units: program.network.channels, isWhole: { _ in true })
        let lengths = placement.roots.mapValues { root in
            (root.units * images * sizes[root.example]!.pixels + 15) / 16 * 16
        }
        let arena = Arena(lengths: lengths, lives: placement.lives)
        offsets = placement.places.reduce(into: [:]) { offsets, place in
            offsets[place.key] =
                arena.offsets[place.value.root]! + place.value.unit * images * sizes[place.key]!.pixels
        }
        self.arena = arena.total
        let scratch = zip(program.steps, kernels).map { Self.scratch($0, $1, images: images, sizes: sizes) }
        let shared = scratch.map(\.shared).max() ?? 0
        let thread = scratch.map(\.thread).max() ?? 0
        sharedScratch = shared
        threadScratch = thread
        guard arena.total + shared + thread <= Self.mostFloats else {
            throw NeuralNetworkError.input(
                network: program.network.name,
                problem: "\(images) images of \(height) × \(width) would take more than "
                    + "\(Self.mostFloats >> 28) GiB; run fewer at a time")
        }
    }

    func size(_ value: Network.NodeID) -> Program.Size { sizes[value]! }

    /// Pixels of one channel of the whole batch.
    func area(_ value: Network.NodeID) -> Int { images * size(value).pixels }

    /// Floats that a step wants beside its inputs and output.
    private static func scratch(
        _ step: Program.Step, _ kernel: ColumnsKernel, images: Int, sizes: [Network.NodeID: Program.Size]
    ) -> (shared: Int, thread: Int) {
        switch kernel {
        case .convolution(let kernel) where !kernel.isPointwise:
            let columns = images * sizes[step.output]!.pixels
            let tiling = Tiling(rows: kernel.layer.outputs, depth: kernel.depth, columns: columns)
            return tiling.piecesDown == 1
                ? (0, rounded(kernel.depth * tiling.tileColumns)) : (rounded(kernel.depth * columns), 0)
        case .transposed(let kernel):
            return (rounded(kernel.height * images * sizes[step.inputs[0]]!.pixels), 0)
        default: return (0, 0)
        }
    }

    private static func rounded(_ floats: Int) -> Int { (floats + 15) / 16 * 16 }
}
