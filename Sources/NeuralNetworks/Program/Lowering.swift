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
    /// This program with those values in lower precision that only convolutions of whole cells read and write, and with
    /// steps that bring others to it where such convolutions read them.
    func lowered(to precision: Precision) -> Program {
        guard precision != .f32 else { return self }
        var lowered = self
        let suiting = Set(steps.indices.filter { suits(steps[$0], precision) })
        lowered.lowConvolutions = Set(suiting.map { steps[$0].output })
        let blocked = Set(
            steps.indices.filter { !suiting.contains($0) }.flatMap { steps[$0].inputs } + Array(network.outputs.values))
        lowered.lowValues = Set(suiting.map { steps[$0].output }).subtracting(blocked)
        var narrowed: [Network.NodeID: Network.NodeID] = [:]
        lowered.steps = []
        for (index, step) in steps.enumerated() {
            var step = step
            if suiting.contains(index), !lowered.lowValues.contains(step.inputs[0]) {
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

    private func suits(_ step: Step, _ precision: Precision) -> Bool {
        guard case .convolution(let fused) = step.kernel else { return false }
        return fused.before == nil && !fused.layer.isFullyConnected && step.inputs[0] != 0
            && fused.inputs.isMultiple(of: precision.cellChannels)
            && fused.layer.outputs.isMultiple(of: precision.cellChannels)
    }
}
