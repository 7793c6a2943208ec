/// A program for one size of input: where each value lies, and the stages that compute them. Everything that a run
/// decides is decided here.
final class CellPlan: Sendable {
    let stages: [any Stage]
    /// What a run returns.
    let outputs: [String: (cells: Cells, channels: Int)]
    /// Floats of the arena, of what stages hand each other, and of what each thread has alone.
    let arena: Int
    let shared: Int
    let own: Int

    /// Floats that a plan may take: 8 GiB.
    static let mostFloats = 1 << 31

    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    init(_ program: Program, _ kernels: CellKernels, images: Int, height: Int, width: Int) throws {
        let sizes = try program.sizes(images: images, height: height, width: width)
        let layout = CellLayout(program, images: images, sizes: sizes)
        var builder = StageBuilder(program: program, kernels: kernels, layout: layout)
        // Before weights are packed and memory is taken.
        guard layout.floats <= Self.mostFloats else {
            throw NeuralNetworkError.input(
                network: program.network.name,
                problem: "\(images) images of \(height) × \(width) would take more than "
                    + "\(Self.mostFloats >> 28) GiB; run fewer at a time")
        }
        for (index, step) in program.steps.enumerated() { builder.add(step, index) }
        stages = builder.stages
        outputs = program.network.outputs.mapValues { (layout[$0], program.network.channels[$0]) }
        arena = layout.floats
        shared = stages.map(\.sharedFloats).max() ?? 0
        own = ((stages.map(\.ownFloats).max() ?? 0) + 31) / 16 * 16
    }
}

/// The places of all values of a program.
struct CellLayout: Sendable {
    private let cells: [Network.NodeID: Cells]
    /// Concatenations whose parts have to be copied.
    let copied: Set<Network.NodeID>
    let floats: Int

    init(_ program: Program, images: Int, sizes: [Network.NodeID: Program.Size]) {
        let blocks = program.network.channels.map(Cells.blocks)
        let placement = Placement(
            program, units: blocks, isWhole: { program.network.channels[$0] % Cells.channels == 0 })
        let lengths = placement.roots.mapValues {
            $0.units * Cells.blockFloats(images: images, sizes[$0.example]!)
        }
        let arena = Arena(lengths: lengths, lives: placement.lives)
        cells = placement.places.reduce(into: [:]) { cells, place in
            let size = sizes[place.key]!
            let start = arena.offsets[place.value.root]!
            cells[place.key] = Cells(
                offset: start + place.value.unit * Cells.blockFloats(images: images, size),
                blocks: blocks[place.key], images: images, size: size)
        }
        copied = Set(
            program.steps.filter { $0.kernel == .concatenation && !placement.isView($0) }.map(\.output))
        floats = arena.total
    }

    subscript(value: Network.NodeID) -> Cells { cells[value]! }
}

/// Chooses a method for each step.
struct StageBuilder {
    let program: Program
    let kernels: CellKernels
    let layout: CellLayout
    private(set) var stages: [any Stage] = []
    private var isInputLoaded = false

    init(program: Program, kernels: CellKernels, layout: CellLayout) {
        self.program = program
        self.kernels = kernels
        self.layout = layout
    }

    mutating func add(_ step: Program.Step, _ index: Int) {
        let output = layout[step.output]
        if case .convolution(let fused) = step.kernel { return addConvolution(fused, step, index) }
        let input = read(step.inputs[0])
        switch step.kernel {
        case .convolution: break
        case .transposed:
            stages.append(TransposedStage(kernels.transposed(index), input: input, output: output))
        case .normalization(let norm, let relu):
            stages.append(
                ScaleShiftStage(ScaleShift(norm, kernels.weights), relu: relu, input: input, output: output))
        case .relu:
            let count = program.network.channels[step.output]
            let same = ScaleShift(scale: Array(repeating: 1, count: count), shift: Array(repeating: 0, count: count))
            stages.append(ScaleShiftStage(same, relu: true, input: input, output: output))
        case .add(let relu):
            stages.append(AddStage(left: input, right: read(step.inputs[1]), output: output, relu: relu))
        case .concatenation: addCopies(step, to: output)
        case .maxPool(let kernel, let stride, let padding):
            stages.append(
                MaxPoolStage(kernel: kernel, stride: stride, padding: padding, input: input, output: output))
        case .globalAverage: stages.append(AverageStage(input: input, output: output))
        }
    }

    private mutating func addCopies(_ step: Program.Step, to output: Cells) {
        guard layout.copied.contains(step.output) else { return }
        var at = 0
        for part in step.inputs {
            let channels = program.network.channels[part]
            stages.append(CopyStage(input: read(part), channels: channels, output: output, at: at))
            at += channels
        }
    }

    private mutating func addConvolution(_ fused: Program.FusedConvolution, _ step: Program.Step, _ index: Int) {
        let output = layout[step.output]
        let isStem = step.inputs == [0] && StemStage.suits(fused)
        let input = isStem ? layout[0] : read(step.inputs[0])
        let residual = step.inputs.count > 1 ? read(step.inputs[1]) : nil
        let method = isStem ? .stem : Self.method(fused, input: input, output: output, hasResidual: residual != nil)
        let packed = kernels.convolution(index, method)
        switch method {
        case .stem:
            stages.append(StemStage(packed, channels: fused.inputs, size: input.size, output: output))
        case .pointwise:
            stages.append(PointwiseStage(packed, input: input, output: output, residual: residual))
        case .direct: stages.append(DirectStage(packed, input: input, output: output, residual: residual))
        case .winograd:
            let winograd = Winograd(input: input, output: output)
            if output.blocks <= 2 {
                stages.append(WinogradNarrow(packed, winograd))
            } else {
                stages += WinogradShare.stages(packed, winograd)
            }
        }
    }

    /// Winograd's method reads 4 times the weights for a quarter of the products: it wants enough tiles to use them on.
    static let fewestTiles = 16

    static func method(
        _ fused: Program.FusedConvolution, input: Cells, output: Cells, hasResidual: Bool
    ) -> ConvolutionMethod {
        let layer = fused.layer
        if layer.kernel == 1, layer.stride == 1, layer.padding == 0, fused.before == nil { return .pointwise }
        if Winograd.suits(layer), !hasResidual, Winograd(input: input, output: output).tiles >= fewestTiles {
            return .winograd
        }
        return .direct
    }

    /// A value as cells; the input becomes such when somebody first wants it so.
    private mutating func read(_ value: Network.NodeID) -> Cells {
        if value == 0, !isInputLoaded {
            isInputLoaded = true
            stages.append(LoadStage(channels: program.network.inputChannels, output: layout[0]))
        }
        return layout[value]
    }
}
