/// Chooses a method for each step and makes its stages.
struct StageBuilder {
    let program: Program
    let kernels: CellKernels
    let layout: CellLayout
    let batch: Int
    /// Of the network's input, where a stem reads it in lower precision.
    let inputElement: Element
    private(set) var stages: [any Stage] = []
    /// The images that steps are added for.
    private var images = 0..<0
    private var imagesLoaded: Set<Int> = []

    init(program: Program, kernels: CellKernels, layout: CellLayout, batch: Int, inputElement: Element) {
        self.program = program
        self.kernels = kernels
        self.layout = layout
        self.batch = batch
        self.inputElement = inputElement
    }

    /// Makes the stages of a step for some images.
    /// - Returns: an account of each.
    mutating func add(
        _ index: Int, images: Range<Int>, sizes: [Network.NodeID: Program.Size]
    ) throws -> [StageAccount] {
        self.images = images
        let step = program.steps[index]
        let account = program.account(of: step, sizes)
        let before = stages.count
        try add(step, index)
        let made = stages[before...]
        return made.enumerated().map { index, stage in
            StageAccount(
                stage, account, images: images.count, output: index == made.count - 1 ? place(step.output) : nil)
        }
    }

    private mutating func add(_ step: Program.Step, _ index: Int) throws {
        let output = place(step.output)
        if case .convolution(let fused) = step.kernel { return try addConvolution(fused, step, index) }
        let input = read(step.inputs[0])
        switch step.kernel {
        case .convolution: break
        case .transposed:
            stages.append(TransposedStage(try kernels.transposed(index), input: input, output: output))
        case .normalization(let norm, let relu):
            stages.append(
                ScaleShiftStage(try ScaleShift(norm, kernels.weights), relu: relu, input: input, output: output))
        case .relu:
            let count = program.channels[step.output]
            let same = ScaleShift(scale: Array(repeating: 1, count: count), shift: Array(repeating: 0, count: count))
            stages.append(ScaleShiftStage(same, relu: true, input: input, output: output))
        case .add(let relu):
            stages.append(AddStage(left: input, right: read(step.inputs[1]), output: output, relu: relu))
        case .concatenation: addCopies(step, to: output)
        case .maxPool(let kernel, let stride, let padding):
            stages.append(
                MaxPoolStage(kernel: kernel, stride: stride, padding: padding, input: input, output: output))
        case .globalAverage: stages.append(AverageStage(input: input, output: output))
        case .narrow: stages.append(NarrowStage(input: input, output: output))
        }
    }

    private mutating func addCopies(_ step: Program.Step, to output: Cells) {
        guard layout.copied.contains(step.output) else { return }
        var at = 0
        for part in step.inputs {
            let channels = program.channels[part]
            stages.append(CopyStage(input: read(part), channels: channels, output: output, at: at))
            at += channels
        }
    }

    private mutating func addConvolution(_ fused: Program.FusedConvolution, _ step: Program.Step, _ index: Int) throws {
        let output = place(step.output)
        let isStem = fused.isStem(of: step)
        let input = isStem ? place(0) : read(step.inputs[0])
        let residual = step.inputs.count > 1 ? read(step.inputs[1]) : nil
        let method =
            isStem
            ? .stem
            : Self.method(
                fused, output: output, batch: batch, hasResidual: residual != nil, isLow: input.element != .f32)
        let packed = try kernels.convolution(
            index, method, isStem && output.element != .f32 ? inputElement : input.element)
        switch method {
        case .stem:
            stages.append(
                StemStage(
                    packed, channels: fused.inputs, size: input.size, firstImage: images.lowerBound, output: output))
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
        _ fused: Program.FusedConvolution, output: Cells, batch: Int, hasResidual: Bool, isLow: Bool
    ) -> ConvolutionMethod {
        let layer = fused.layer
        if layer.kernel == 1, layer.stride == 1, layer.padding == 0, fused.before == nil { return .pointwise }
        if Winograd.suits(layer), !hasResidual, !isLow, Winograd.tiles(of: output.size) * batch >= fewestTiles {
            return .winograd
        }
        return .direct
    }

    private func place(_ value: Network.NodeID) -> Cells { layout.place(value, images) }

    /// A value as cells; the input becomes such when somebody first wants it so.
    private mutating func read(_ value: Network.NodeID) -> Cells {
        if value == 0, !imagesLoaded.isSuperset(of: images) {
            imagesLoaded.formUnion(images)
            stages.append(
                LoadStage(
                    channels: program.network.inputChannels, firstImage: images.lowerBound, output: place(0)))
        }
        return place(value)
    }
}
