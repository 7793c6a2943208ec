/// A training step for one size of batch: its stages, forward and backward, and the memory they want.
final class TrainingPlan: Sendable {
    let forward: [any Stage]
    let backward: [any Stage]
    let context: StepContext
    let losses: UnsafeLosses
    let logits: Cells
    let classes: Int
    /// The convolutions and normalisations that a step changes.
    let trained: [TrainedTensor]
    /// Floats of the arena, of what stages hand each other, and of what each thread has alone.
    let arena: Int
    let shared: Int
    let own: Int

    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    init(
        _ network: TrainedNetwork, images: Int, height: Int, width: Int, frozen: FrozenLayers, context: StepContext
    ) throws {
        let program = network.program
        let sizes = try program.sizes(images: images, height: height, width: width)
        let layout = TrainingLayout(program, images: images, sizes: sizes, logits: network.logits) { step in
            step.layers.contains { !frozen.contains($0) }
        }
        guard layout.floats <= Self.mostFloats else {
            throw NeuralNetworkError.input(
                network: network.network.name,
                problem: "training on \(images) images of \(height) × \(width) would take more than "
                    + "\(Self.mostFloats >> 28) GiB; take smaller batches")
        }
        var builder = TrainingBuilder(network, layout, frozen: frozen, context: context)
        for index in program.steps.indices { builder.addForward(index) }
        forward = builder.takeStages()
        losses = UnsafeLosses(count: images)
        let logits = layout[network.logits]
        let classes = program.channels[network.logits]
        if let dy = layout.gradient(network.logits) {
            builder.addLoss(LossStage(logits: logits, classes: classes, dy: dy, context: context, losses: losses))
            for index in program.steps.indices.reversed() where layout.wanted.contains(program.steps[index].output) {
                builder.addBackward(index)
            }
        }
        backward = builder.takeStages()
        self.logits = logits
        self.classes = classes
        self.context = context
        trained = program.steps.indices.flatMap { index in
            [
                network.convolutions[index].map { ($0.layer.name, $0.tensors) },
                network.normalizations[index].map { ($0.norm.name, $0.tensors) },
            ].compactMap { $0 }.filter { !frozen.contains($0.0) }.flatMap(\.1)
        }.filter { !$0.isBuffer }
        arena = layout.floats
        let stages = forward + backward
        shared = stages.map(\.sharedFloats).max() ?? 0
        own = ((stages.map(\.ownFloats).max() ?? 0) + 31) / 16 * 16
    }

    /// Floats that a plan may take: 16 GiB.
    static let mostFloats = 1 << 32
}

extension Program.Step {
    /// Names of the layers with parameters.
    var layers: [String] {
        switch kernel {
        case .convolution(let fused): [fused.layer.name] + (fused.before.map { [$0.name] } ?? [])
        case .transposed(let layer): [layer.name]
        case .normalization(let norm, _): [norm.name]
        default: []
        }
    }
}
