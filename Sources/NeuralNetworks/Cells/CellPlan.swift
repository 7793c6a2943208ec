/// A program for one size of input: where each value lies, and the stages that compute them. Everything that a run
/// decides is decided here.
final class CellPlan: Sendable {
    let stages: [any Stage]
    /// What each stage is there for.
    let accounts: [StageAccount]
    /// What a run returns.
    let outputs: [String: (cells: Cells, channels: Int)]
    /// Floats of the arena, of what stages hand each other, and of what each thread has alone.
    let arena: Int
    let shared: Int
    let own: Int

    /// Floats that a plan may take: 8 GiB.
    static let mostFloats = 1 << 31

    /// - Parameter elements: of the values in lower precision.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    init(
        _ program: Program, _ kernels: CellKernels, elements: [Network.NodeID: Element], images: Int, height: Int,
        width: Int
    ) throws {
        let sizes = try program.sizes(images: images, height: height, width: width)
        let segments = Segment.segments(program, elements: elements, images: images, sizes: sizes)
        // The input itself lies as it is given.
        let layout = CellLayout(program, elements: elements.filter { $0.key != 0 }, segments: segments, sizes: sizes)
        var builder = StageBuilder(
            program: program, kernels: kernels, layout: layout, batch: images,
            inputElement: elements[0] ?? .f32)
        // Before weights are packed and memory is taken.
        guard layout.floats <= Self.mostFloats else {
            throw NeuralNetworkError.input(
                network: program.network.name,
                problem: "\(images) images of \(height) × \(width) would take more than "
                    + "\(Self.mostFloats >> 28) GiB; run fewer at a time")
        }
        var accounts: [StageAccount] = []
        for segment in segments {
            for pass in 0..<segment.images.pieces {
                let images = segment.images[pass]
                for index in segment.steps { accounts += try builder.add(index, images: images, sizes: sizes) }
            }
        }
        stages = builder.stages
        self.accounts = accounts
        outputs = program.network.outputs.mapValues { (layout[$0], program.network.channels[$0]) }
        arena = layout.floats
        shared = stages.map(\.sharedFloats).max() ?? 0
        own = ((stages.map(\.ownFloats).max() ?? 0) + 31) / 16 * 16
    }
}

/// The places of all values of a program.
struct CellLayout: Sendable {
    private let cells: [Network.NodeID: Cells]
    /// Values that live within the passes of one segment, and have room for one pass's images.
    private let passing: Set<Network.NodeID>
    /// Concatenations whose parts have to be copied.
    let copied: Set<Network.NodeID>
    let floats: Int

    init(
        _ program: Program, elements: [Network.NodeID: Element], segments: [Segment],
        sizes: [Network.NodeID: Program.Size]
    ) {
        let blocks = program.channels.enumerated().map { value, channels in
            let each = (elements[value] ?? .f32).channels
            return (channels + each - 1) / each
        }
        let placement = Placement(program, units: blocks, isWhole: { program.channels[$0] % Cells.channels == 0 })
        var lives = placement.lives
        var images = lives.mapValues { _ in segments[0].images.count }
        var passing: Set<Network.NodeID> = []
        for segment in segments where segment.hasPasses {
            for (root, life) in lives where life.overlaps(ClosedRange(segment.steps)) {
                if root != 0, segment.steps.contains(life.lowerBound), segment.steps.contains(life.upperBound) {
                    images[root] = segment.images.length
                    passing.insert(root)
                } else {
                    // What comes in or goes out must outlast every pass.
                    let first = min(life.lowerBound, segment.steps.lowerBound)
                    lives[root] = first...max(life.upperBound, segment.steps.upperBound - 1)
                }
            }
        }
        let lengths = placement.roots.reduce(into: [:]) { lengths, root in
            lengths[root.key] =
                root.value.units * Cells.blockFloats(images: images[root.key]!, sizes[root.value.example]!)
        }
        let arena = Arena(lengths: lengths, lives: lives)
        cells = placement.places.reduce(into: [:]) { cells, place in
            let size = sizes[place.key]!
            let images = images[place.value.root]!
            let block = Cells.blockFloats(images: images, size)
            cells[place.key] = Cells(
                offset: arena.offsets[place.value.root]! + place.value.unit * block, blocks: blocks[place.key],
                images: images, size: size, block: block, element: elements[place.key] ?? .f32)
        }
        self.passing = Set(placement.places.filter { passing.contains($0.value.root) }.keys)
        copied = Set(
            program.steps.filter { $0.kernel == .concatenation && !placement.isView($0) }.map(\.output))
        floats = arena.total
    }

    /// Of the whole batch.
    /// - Precondition: the value outlasts a pass.
    subscript(value: Network.NodeID) -> Cells { cells[value]! }

    /// The place of some images while they pass.
    func place(_ value: Network.NodeID, _ images: Range<Int>) -> Cells {
        cells[value]!.of(passing.contains(value) ? 0..<images.count : images)
    }
}
