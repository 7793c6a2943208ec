import CKernels

/// Makes the stages of a training step.
struct TrainingBuilder {
    let network: TrainedNetwork
    let layout: TrainingLayout
    let frozen: FrozenLayers
    let context: StepContext
    var stages: [any Stage] = []
    /// Weights that one step of the program needs for its own stages only.
    let scratch: WeightScratch
    /// Moments of each buffer, and which of its blocks have them.
    private var moments: [Network.NodeID: (values: Moments, known: [Bool])] = [:]
    /// Blocks of each buffer's gradient that have been written.
    var written: [Network.NodeID: [Bool]] = [:]
    private var isInputLoaded = false

    init(_ network: TrainedNetwork, _ layout: TrainingLayout, frozen: FrozenLayers, context: StepContext) {
        self.network = network
        self.layout = layout
        self.frozen = frozen
        self.context = context
        scratch = WeightScratch(network)
    }

    var program: Program { network.program }

    mutating func takeStages() -> [any Stage] {
        defer { stages = [] }
        return stages
    }

    // MARK: Forward

    mutating func addForward(_ index: Int) {
        let step = program.steps[index]
        let output = layout[step.output]
        switch step.kernel {
        case .convolution(let fused): addConvolution(fused, index, step)
        case .transposed:
            let convolution = network.convolutions[index]!
            let packed = PackedTransposed(
                convolution.layer, inputs: convolution.inputs, bias: convolution.biasValues)
            stages.append(PhaseWeightsStage(convolution: convolution, packed: packed))
            stages.append(TransposedStage(packed, input: read(step.inputs[0]), output: output))
        case .normalization(let norm, let relu): addNormalization(norm, relu: relu, index, step)
        case .relu:
            let count = program.channels[step.output]
            let same = ScaleShift(scale: Array(repeating: 1, count: count), shift: Array(repeating: 0, count: count))
            stages.append(ScaleShiftStage(same, relu: true, input: read(step.inputs[0]), output: output))
        case .add(let relu):
            stages.append(
                AddStage(left: read(step.inputs[0]), right: read(step.inputs[1]), output: output, relu: relu))
        case .concatenation: addCopies(step)
        case .maxPool(let kernel, let stride, let padding):
            stages.append(
                MaxPoolStage(
                    kernel: kernel, stride: stride, padding: padding, input: read(step.inputs[0]), output: output))
        case .globalAverage: stages.append(AverageStage(input: read(step.inputs[0]), output: output))
        case .narrow: preconditionFailure("training is in f32")
        }
    }

    private mutating func addConvolution(_ fused: Program.FusedConvolution, _ index: Int, _ step: Program.Step) {
        let convolution = network.convolutions[index]!
        let output = layout[step.output]
        let method = convolution.method
        var before: (scale: CellBuffer, shift: CellBuffer)?
        if let norm = network.normalizations[index] {
            addScale(norm, of: step.inputs[0])
            before = (norm.scale, norm.shift)
        }
        let weights = method == .winograd ? scratch.winograd : convolution.weight.weight
        let packed = PackedConvolution(
            convolution.layer, inputs: convolution.inputs, weights: weights, bias: convolution.biasValues,
            before: before)
        switch method {
        case .stem:
            stages.append(
                StemStage(packed, channels: fused.inputs, size: layout.sizes[0]!, firstImage: 0, output: output))
        case .pointwise:
            stages.append(PointwiseStage(packed, input: read(step.inputs[0]), output: output, residual: nil))
        case .direct:
            stages.append(DirectStage(packed, input: read(step.inputs[0]), output: output, residual: nil))
        case .winograd:
            stages.append(
                WinogradWeightsStage(
                    convolution.weight.weight, outputs: convolution.layer.outputs, inputs: convolution.inputs,
                    to: weights))
            addWinograd(packed, input: read(step.inputs[0]), output: output)
        }
        if convolution.layer.isDropped { stages.append(DropoutStage(value: output, layer: index, context: context)) }
    }

    mutating func addWinograd(_ packed: PackedConvolution, input: Cells, output: Cells) {
        let winograd = Winograd(input: input, output: output)
        if output.blocks <= 2 {
            stages.append(WinogradNarrow(packed, winograd))
        } else {
            stages += WinogradShare.stages(packed, winograd)
        }
    }

    private mutating func addNormalization(
        _ norm: Program.Normalization, relu: Bool, _ index: Int, _ step: Program.Step
    ) {
        let trained = network.normalizations[index]!
        let isFrozen = frozen.contains(norm.name)
        let part = isFrozen ? nil : momentsPart(of: step.inputs[0])
        if isFrozen {
            stages.append(ScaleStage(norm: trained, moments: nil, input: read(step.inputs[0]), context: context))
        }
        stages.append(
            NormalizationStage(
                norm: trained, input: read(step.inputs[0]),
                residual: step.inputs.count > 1 ? read(step.inputs[1]) : nil,
                output: layout[step.output], relu: relu, moments: part?.moments, isNew: part?.isNew ?? [],
                context: context))
    }

    /// Scale and shift for a convolution that normalises what it reads.
    private mutating func addScale(_ norm: TrainedNormalization, of value: Network.NodeID) {
        let input = read(value)
        guard !frozen.contains(norm.norm.name) else {
            return stages.append(ScaleStage(norm: norm, moments: nil, input: input, context: context))
        }
        let part = momentsPart(of: value)
        let new = part.isNew.indices.filter { part.isNew[$0] }
        if !new.isEmpty { stages.append(MomentsStage(input: input, moments: part.moments, blocks: new)) }
        stages.append(ScaleStage(norm: norm, moments: part.moments, input: input, context: context))
    }

    /// A value's moments, and which of its blocks have to be computed now.
    private mutating func momentsPart(of value: Network.NodeID) -> (moments: MomentsPart, isNew: [Bool]) {
        let place = layout.place(value)
        let blocks = layout[value].blocks
        let end = place.unit + blocks
        let all = layout.blocks(of: place.root)
        var known = moments[place.root] ?? (Moments(blocks: all), Array(repeating: false, count: all))
        let isNew = (place.unit..<end).map { !known.known[$0] }
        for unit in place.unit..<end { known.known[unit] = true }
        moments[place.root] = known
        return (MomentsPart(moments: known.values, first: place.unit), isNew)
    }

    private mutating func addCopies(_ step: Program.Step) {
        for (part, cells) in copies(step) {
            stages.append(
                CopyStage(
                    input: layout[part], channels: program.channels[part], output: cells, at: 0))
        }
    }

    /// The parts of a concatenation that lie elsewhere, and where they go.
    func copies(_ step: Program.Step) -> [(part: Network.NodeID, to: Cells)] {
        guard layout.copied.contains(step.output) else { return [] }
        return parts(step, of: layout[step.output], values: { layout[$0] })
    }

    func parts(
        _ step: Program.Step, of whole: Cells, values: (Network.NodeID) -> Cells?
    ) -> [(part: Network.NodeID, to: Cells)] {
        var first = 0
        return step.inputs.compactMap { part in
            var cells = whole
            cells.offset += first * whole.block
            cells.blocks = Cells.blocks(program.channels[part])
            first += cells.blocks
            return values(part).map { $0.offset == cells.offset } ?? true ? nil : (part, cells)
        }
    }

    /// A value as cells; the input becomes such when somebody first wants it so.
    private mutating func read(_ value: Network.NodeID) -> Cells {
        if value == 0, !isInputLoaded {
            isInputLoaded = true
            stages.append(
                LoadStage(channels: network.network.inputChannels, firstImage: 0, output: layout[0]))
        }
        return layout[value]
    }
}

/// Room for weights in other orders, as large as the largest layer's: they are made anew at each step, and used at once.
struct WeightScratch: Sendable {
    let turned: CellBuffer
    let winograd: CellBuffer
    let gradient: CellBuffer

    init(_ network: TrainedNetwork) {
        let layers = network.convolutions.values.filter { !$0.isStem }
        turned = CellBuffer(floats: layers.map(\.turnedFloats).max() ?? 0)
        let winograd = layers.filter { $0.method == .winograd }.map { $0.turnedFloats / 9 * Winograd.positions }
        self.winograd = CellBuffer(floats: winograd.max() ?? 0)
        gradient = CellBuffer(floats: winograd.max() ?? 0)
    }
}

extension TrainedConvolution {
    /// Floats of its weights, inputs and outputs exchanged or not.
    fileprivate var turnedFloats: Int {
        let taps = Int64(layer.kernel * layer.kernel)
        return Int(nn_cells_packed(Int64(layer.outputs), Int64(inputs), taps))
    }
}
