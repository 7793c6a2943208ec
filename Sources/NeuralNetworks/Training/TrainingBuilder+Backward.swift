import CKernels

extension TrainingBuilder {
    mutating func addLoss(_ stage: LossStage) {
        stages.append(stage)
        markWritten(network.logits)
    }

    /// What a step's backward pass does to the gradient of one of its inputs.
    enum Target {
        case none
        case write(Cells)
        case add(Cells)

        var cells: Cells? {
            switch self {
            case .none: nil
            case .write(let cells), .add(let cells): cells
            }
        }

        var adds: Bool { if case .add = self { true } else { false } }
    }

    mutating func addBackward(_ index: Int) {
        let step = program.steps[index]
        guard let dy = layout.gradient(step.output) else { return }
        let x = step.inputs[0]
        switch step.kernel {
        case .convolution: addConvolutionBackward(index, step, dy)
        case .transposed: addTransposedBackward(index, step, dy)
        case .normalization(let norm, let relu): addNormalizationBackward(norm, relu: relu, index, step, dy)
        case .relu:
            let target = target(x)
            guard let dx = target.cells else { return }
            stages.append(ReLUBackwardStage(output: layout[step.output], dy: dy, dx: dx, adds: target.adds))
        case .add(let relu):
            if relu {
                stages.append(ReLUBackwardStage(output: layout[step.output], dy: dy, dx: dy, adds: false))
            }
            for input in step.inputs { addTo(input, dy) }
        case .concatenation:
            guard layout.copied.contains(step.output) else { return }
            for (part, from) in parts(step, of: dy, values: { layout.gradient($0) }) { addTo(part, from) }
        case .maxPool(let kernel, let stride, let padding):
            guard let dx = zeroed(x) else { return }
            stages.append(
                MaxPoolBackwardStage(
                    kernel: kernel, stride: stride, padding: padding, input: layout[x], dy: dy, dx: dx))
        case .globalAverage:
            let target = target(x)
            guard let dx = target.cells else { return }
            stages.append(AverageBackwardStage(dy: dy, dx: dx, adds: target.adds))
        case .narrow: preconditionFailure("training is in f32")
        }
    }

    private mutating func addTo(_ value: Network.NodeID, _ gradient: Cells) {
        guard let dx = zeroed(value) else { return }
        stages.append(AddToStage(input: gradient, output: dx))
    }

    // MARK: Who writes first

    /// Whether a value's gradient is to be written or added to; zeros are put where some of it has been written.
    mutating func target(_ value: Network.NodeID) -> Target {
        guard let cells = layout.gradient(value) else { return .none }
        let known = knownBlocks(value)
        let new = known.indices.filter { !known[$0] }
        markWritten(value)
        if new.count == known.count { return .write(cells) }
        if !new.isEmpty { stages.append(ZeroStage(value: cells, blocks: new)) }
        return .add(cells)
    }

    /// A value's gradient for those who only add to it.
    private mutating func zeroed(_ value: Network.NodeID) -> Cells? {
        switch target(value) {
        case .none: return nil
        case .add(let cells): return cells
        case .write(let cells):
            stages.append(ZeroStage(value: cells, blocks: Array(0..<cells.blocks)))
            return cells
        }
    }

    mutating func markWritten(_ value: Network.NodeID) {
        let place = layout.place(value)
        for block in place.unit..<place.unit + Cells.blocks(program.channels[value]) {
            written[place.root, default: Array(repeating: false, count: layout.blocks(of: place.root))][block] = true
        }
    }

    private func knownBlocks(_ value: Network.NodeID) -> [Bool] {
        let place = layout.place(value)
        let blocks = Cells.blocks(program.channels[value])
        guard let known = written[place.root] else { return Array(repeating: false, count: blocks) }
        return Array(known[place.unit..<place.unit + blocks])
    }

    // MARK: Layers

    private mutating func addNormalizationBackward(
        _ norm: Program.Normalization, relu: Bool, _ index: Int, _ step: Program.Step, _ dy: Cells
    ) {
        let gradient = NormalizationGradient(
            norm: network.normalizations[index]!, relu: relu, pixels: dy.pixels,
            isFrozen: frozen.contains(norm.name))
        let target = target(step.inputs[0])
        stages.append(
            NormalizationBackwardStage(
                gradient: gradient, input: layout[step.inputs[0]], output: layout[step.output], dy: dy,
                dx: target.cells, adds: target.adds, hasResidual: step.inputs.count > 1))
        guard step.inputs.count > 1 else { return }
        let residual = step.inputs[1]
        if layout.shared.contains(residual) {
            markWritten(residual)
        } else {
            addTo(residual, dy)
        }
    }

    private mutating func addConvolutionBackward(_ index: Int, _ step: Program.Step, _ dy: Cells) {
        let convolution = network.convolutions[index]!
        let layer = convolution.layer
        let trains = !frozen.contains(layer.name)
        if layer.isDropped { stages.append(DropoutStage(value: dy, layer: index, context: context)) }
        if trains, let bias = convolution.bias { stages.append(BiasGradientStage(bias: bias, dy: dy)) }
        if let norm = network.normalizations[index] {
            return addDenseLayerBackward(convolution, norm, step, dy, trains: trains)
        }
        if trains { addWeightGradient(convolution, step, dy) }
        addDataGradient(convolution, target(step.inputs[0]), dy)
    }

    private mutating func addWeightGradient(_ convolution: TrainedConvolution, _ step: Program.Step, _ dy: Cells) {
        if convolution.isStem {
            let columns = StemColumns(
                convolution.layer, channels: convolution.inputs, size: layout.sizes[0]!, output: dy.size,
                element: .f32)
            return stages.append(StemOuterStage(convolution, columns: columns, dy: dy))
        }
        let input = layout[step.inputs[0]]
        switch convolution.method {
        case .pointwise: stages.append(PointwiseOuterStage(convolution.weight, input: input, dy: dy))
        case .winograd:
            stages += WinogradOuterShare.stages(
                convolution.weight, input: input, dy: dy, gradient: scratch.gradient)
        case .direct, .stem: stages.append(DirectOuterStage(convolution, input: input, dy: dy))
        }
    }

    /// The data gradient is a convolution with the weights turned round; of one with a stride, a transposed one.
    private mutating func addDataGradient(_ convolution: TrainedConvolution, _ target: Target, _ dy: Cells) {
        guard let dx = target.cells else { return }
        var layer = convolution.layer
        let taps = layer.kernel * layer.kernel
        layer.outputs = convolution.inputs
        let none = CellBuffer(perChannel: Array(repeating: 0, count: layer.outputs))
        guard layer.stride == 1 else {
            let packed = PackedTransposed(layer, inputs: convolution.layer.outputs, bias: none)
            for phase in packed.phases where !phase.kept.isEmpty {
                stages.append(TurnStage(convolution, kept: phase.kept, to: phase.weights))
            }
            return stages.append(
                TransposedStage(
                    packed, input: dy, output: dx, crop: convolution.layer.padding, adds: target.adds))
        }
        layer.padding = layer.kernel - 1 - layer.padding
        stages.append(TurnStage(convolution, kept: (0..<taps).reversed(), to: scratch.turned))
        let usesWinograd = convolution.method == .winograd && !target.adds
        let packed = PackedConvolution(
            layer, inputs: convolution.layer.outputs, weights: usesWinograd ? scratch.winograd : scratch.turned,
            bias: none)
        let residual = target.adds ? dx : nil
        if usesWinograd {
            stages.append(
                WinogradWeightsStage(
                    scratch.turned, outputs: layer.outputs, inputs: convolution.layer.outputs, to: scratch.winograd))
            addWinograd(packed, input: dy, output: dx)
        } else if layer.kernel == 1 {
            stages.append(PointwiseStage(packed, input: dy, output: dx, residual: residual))
        } else {
            stages.append(DirectStage(packed, input: dy, output: dx, residual: residual))
        }
    }

    private mutating func addDenseLayerBackward(
        _ convolution: TrainedConvolution, _ norm: TrainedNormalization, _ step: Program.Step, _ dy: Cells,
        trains: Bool
    ) {
        let target = target(step.inputs[0])
        let outputs = convolution.layer.outputs
        stages.append(TurnStage(convolution, kept: (0..<9).reversed(), to: scratch.turned))
        stages.append(
            WinogradWeightsStage(
                scratch.turned, outputs: convolution.inputs, inputs: outputs, to: scratch.winograd))
        stages.append(
            DenseLayerBackwardStage(
                convolution,
                NormalizationGradient(
                    norm: norm, relu: true, pixels: dy.pixels, isFrozen: frozen.contains(norm.norm.name)),
                input: layout[step.inputs[0]], dy: dy, dx: target.cells, adds: target.adds, trains: trains,
                turned: scratch.winograd))
    }

    private mutating func addTransposedBackward(_ index: Int, _ step: Program.Step, _ dy: Cells) {
        let convolution = network.convolutions[index]!
        let layer = convolution.layer
        let input = layout[step.inputs[0]]
        if !frozen.contains(layer.name) {
            if let bias = convolution.bias { stages.append(BiasGradientStage(bias: bias, dy: dy)) }
            stages.append(TransposedOuterStage(convolution, input: input, dy: dy))
        }
        let target = target(step.inputs[0])
        guard let dx = target.cells else { return }
        var turned = layer
        turned.outputs = convolution.inputs
        turned.padding = ((input.size.height - 1) * layer.stride + layer.kernel - dy.size.height) / 2
        stages.append(TurnStage(convolution, kept: Array(0..<layer.kernel * layer.kernel), to: scratch.turned))
        let packed = PackedConvolution(
            turned, inputs: layer.outputs, weights: scratch.turned,
            bias: CellBuffer(perChannel: Array(repeating: 0, count: turned.outputs)))
        stages.append(DirectStage(packed, input: dy, output: dx, residual: target.adds ? dx : nil))
    }
}
