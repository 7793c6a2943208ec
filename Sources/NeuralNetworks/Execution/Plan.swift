/// Where each value of a program lies, for one size of input.
struct Plan: Sendable {
    /// Rows and columns of a value; all images of a batch have the same.
    struct Size: Sendable, Hashable {
        var height: Int
        var width: Int
    }

    let images: Int
    let sizes: [Network.NodeID: Size]
    /// Floats from the arena's start, for each value.
    let offsets: [Network.NodeID: Int]
    /// Floats of the arena.
    let arena: Int
    /// Floats of the room that all threads share within a step, and of the room each has alone.
    let sharedScratch: Int
    let threadScratch: Int

    /// Floats that a plan may take: 8 GiB.
    static let mostFloats = 1 << 31
    /// Images of a batch, rows and columns of the input.
    static let mostImages = 4096
    static let longestSide = 8192

    /// - Throws: ``NeuralNetworkError/input(network:problem:)`` when the input is too small or too large.
    init(_ program: Program, images: Int, height: Int, width: Int) throws {
        let name = program.network.name
        guard (1...Self.mostImages).contains(images), (1...Self.longestSide).contains(height),
            (1...Self.longestSide).contains(width)
        else {
            throw NeuralNetworkError.input(
                network: name,
                problem: "takes 1 to \(Self.mostImages) images of 1 to \(Self.longestSide) rows and columns, not "
                    + "\(images) of \(height) × \(width)")
        }
        self.images = images
        let sizes = try Self.sizes(program, Size(height: height, width: width))
        self.sizes = sizes
        let placement = Placement(program)
        let lengths = placement.roots.mapValues { root in
            (root.channels * images * sizes[root.example]!.height * sizes[root.example]!.width + 15) / 16 * 16
        }
        let arena = Arena(lengths: lengths, lives: placement.lives)
        offsets = placement.places.reduce(into: [:]) { offsets, place in
            let size = sizes[place.key]!
            offsets[place.key] =
                arena.offsets[place.value.root]! + place.value.channel * images * size.height * size.width
        }
        self.arena = arena.total
        let scratch = program.steps.map { Self.scratch($0, images: images, sizes: sizes) }
        let shared = scratch.map(\.shared).max() ?? 0
        let thread = scratch.map(\.thread).max() ?? 0
        sharedScratch = shared
        threadScratch = thread
        guard arena.total + shared + thread <= Self.mostFloats else {
            throw NeuralNetworkError.input(
                network: name,
                problem: "\(images) images of \(height) × \(width) would take more than "
                    + "\(Self.mostFloats >> 28) GiB; run fewer at a time")
        }
    }

    func size(_ value: Network.NodeID) -> Size { sizes[value]! }

    /// Pixels of one channel of the whole batch.
    func area(_ value: Network.NodeID) -> Int { images * size(value).height * size(value).width }

    private static func sizes(_ program: Program, _ input: Size) throws -> [Network.NodeID: Size] {
        var sizes = [0: input]
        for step in program.steps {
            let given = sizes[step.inputs[0]]!
            func slide(_ kernel: Int, _ stride: Int, _ padding: Int) throws -> Size {
                let rows = given.height + 2 * padding - kernel
                let columns = given.width + 2 * padding - kernel
                guard rows >= 0, columns >= 0 else {
                    throw NeuralNetworkError.input(
                        network: program.network.name,
                        problem: "an input of \(input.height) × \(input.width) is too small")
                }
                return Size(height: rows / stride + 1, width: columns / stride + 1)
            }
            sizes[step.output] =
                switch step.kernel {
                case .convolution(let kernel):
                    try slide(kernel.layer.kernel, kernel.layer.stride, kernel.layer.padding)
                case .maxPool(let kernel, let stride, let padding): try slide(kernel, stride, padding)
                case .transposed: sizes[step.inputs[1]]!
                case .globalAverage: Size(height: 1, width: 1)
                case .narrow, .scaleShift, .add, .relu, .concatenation: given
                }
        }
        return sizes
    }
}
