/// In what numbers a network is computed.
public enum Precision: String, Sendable, Hashable, CaseIterable, Codable {
    case f32
    /// Convolutions of 32 channels and their multiples read and write bfloat16; sums are f32.
    case bf16
    /// Convolutions of 64 channels and their multiples read and write bytes; sums are exact.
    case int8

    /// Channels that 64 bytes hold.
    var cellChannels: Int {
        switch self {
        case .f32: 16
        case .bf16: 32
        case .int8: 64
        }
    }
}

extension Program {
    /// This program with those values in lower precision that only such steps read and write as can, and with steps
    /// that bring others to it where convolutions in lower precision read them.
    func lowered(to precision: Precision) -> Program {
        guard precision != .f32 else { return self }
        var lowered = self
        lowered.lowValues = lowValues(precision)
        lowered.steps = []
        var narrowed: [Network.NodeID: Network.NodeID] = [:]
        for step in steps {
            var step = step
            if multiplies(step, precision), !lowered.lowValues.contains(step.inputs[0]) {
                let wide = step.inputs[0]
                if narrowed[wide] == nil {
                    let narrow = lowered.channels.count
                    lowered.channels.append(channels[wide])
                    lowered.lowValues.insert(narrow)
                    lowered.steps.append(Step(kernel: .narrow, inputs: [wide], output: narrow))
                    narrowed[wide] = narrow
                }
                step.inputs[0] = narrowed[wide]!
            }
            lowered.steps.append(step)
        }
        return lowered
    }

    /// What a step of those that can writes, none that cannot reads, and the network does not return.
    private func lowValues(_ precision: Precision) -> Set<Network.NodeID> {
        let able = steps.filter { multiplies($0, precision) || writes($0, precision) }
        var low = Set(able.map(\.output)).subtracting(network.outputs.values)
        let others = steps.filter { !multiplies($0, precision) && !isPool($0) }
        low.subtract(others.flatMap(\.inputs))
        // A pool's input and output have one element.
        for pool in steps where isPool(pool) && !(low.contains(pool.inputs[0]) && low.contains(pool.output)) {
            low.subtract([pool.inputs[0], pool.output])
        }
        return low
    }

    /// Whether a step multiplies in lower precision: whole cells of inputs, and of outputs.
    private func multiplies(_ step: Step, _ precision: Precision) -> Bool {
        guard case .convolution(let fused) = step.kernel else { return false }
        return fused.before == nil && !fused.layer.isFullyConnected && step.inputs[0] != 0
            && fused.inputs.isMultiple(of: precision.cellChannels)
            && fused.layer.outputs.isMultiple(of: precision.cellChannels)
    }

    /// Whether a step writes lower precision without multiplying in it: the stem, and pools.
    private func writes(_ step: Step, _ precision: Precision) -> Bool {
        let isStem = if case .convolution(let fused) = step.kernel { fused.isStem(of: step) } else { false }
        return (isStem || isPool(step)) && channels[step.output].isMultiple(of: precision.cellChannels)
    }

    private func isPool(_ step: Step) -> Bool { if case .maxPool = step.kernel { true } else { false } }
}

extension Program.FusedConvolution {
    /// Whether the convolution reads the network's input as it is given.
    func isStem(of step: Program.Step) -> Bool { step.inputs == [0] && StemStage.suits(self) }
}
