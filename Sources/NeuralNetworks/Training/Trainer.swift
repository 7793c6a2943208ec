import CKernels
import Foundation

/// Trains a network: forward with the batch's statistics, backward, update. docs/ENGINE.md §8 explains how.
///
/// Equal steps give equal bits, whatever the number of threads. Memory for a size of batch is planned when it is first
/// seen and kept while that size is used. Not safe to share; one call at a time.
public final class Trainer {
    /// What stays the same over all steps.
    public struct Settings: Sendable, Equatable {
        /// At least 1 is used.
        public var threads: Int
        /// Share of their results that layers with dropout drop (FC-DenseNet103's).
        public var dropout: Float = 0.2
        /// Layers that are not trained, by name or by what their names begin with: `conv1`, `layer1`, `layer3.0`. Their
        /// normalisations use the running statistics, and keep them.
        public var frozen: [String] = []
        /// Of the kernels; one that this processor lacks stands for its best.
        public var level = KernelChoice.Level.best

        /// Dropout of 0.2, nothing frozen, the processor's best kernels.
        public init(threads: Int) { self.threads = threads }
    }

    /// Of the parameters.
    public let network: Network
    let trained: TrainedNetwork
    private let settings: Settings
    private let crew: Crew
    private let context: StepContext
    private let level: ck_level
    private var plan: (shape: [Int], frozen: [String], plan: TrainingPlan)?
    private var memory = CellBuffer(floats: 0)
    private var keepsAverage = false
    /// Adam's second moments by parameter; empty until a step needs them.
    private var squares: [String: CellBuffer] = [:]
    /// How often Adam changed each of them.
    private var updates: [String: Int] = [:]

    /// Layers that are not trained; may change between steps.
    public var frozen: [String]

    /// Bytes of values, gradients and scratch memory for the size of batch that was seen last. Weights, with what an
    /// update needs, come to it.
    public var plannedBytes: Int { memory.count * MemoryLayout<Float>.stride }

    /// Begins with these parameters, without momentum.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)`` for a network without logits, or with more classes than
    ///   ``TrainingTarget/mostClasses``.
    public init(_ parameters: Parameters, settings: Settings) throws {
        network = parameters.network
        guard network.outputs[Network.Output.logits] != nil else {
            throw NeuralNetworkError.input(network: network.name, problem: "it has no logits to train")
        }
        self.settings = settings
        trained = TrainedNetwork(parameters)
        let classes = trained.program.channels[trained.logits]
        guard classes <= TrainingTarget.mostClasses else {
            throw NeuralNetworkError.input(
                network: network.name,
                problem: "it has \(classes) classes, and at most \(TrainingTarget.mostClasses) can be trained")
        }
        crew = Crew(threads: settings.threads)
        context = StepContext(dropout: settings.dropout)
        frozen = settings.frozen
        level = settings.level.kernels
    }

    /// One step: the loss of a batch, and the weights changed by its gradient.
    /// - Parameters:
    ///   - input: images × channels × rows × columns.
    ///   - target: labels for each place of the logits.
    ///   - descent: how the gradient changes the weights.
    ///   - seed: of the dropout.
    /// - Returns: where the loss or the gradient's norm is no finite number, what was found; the weights are as they were
    ///   then, but the running statistics have moved.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)`` for a batch that does not fit the network or the target.
    public func step(
        _ input: Tensor, _ target: TrainingTarget, _ descent: DescentSettings, seed: UInt64
    ) throws -> StepResult {
        let result = try gradients(input, target, seed: seed)
        if result.isFinite { update(descent, norm: result.gradientNorm) }
        return result
    }

    /// A step without the update; the gradients are in ``gradient(of:)``.
    func gradients(_ input: Tensor, _ target: TrainingTarget, seed: UInt64) throws -> StepResult {
        let plan = try self.plan(for: input)
        let labels = plan.logits.pixels
        guard target.labels.count == labels, target.weights.count == plan.classes else {
            throw problem(
                "\(target.labels.count) labels of \(target.weights.count) classes do not fit logits of \(labels) "
                    + "places and \(plan.classes) classes")
        }
        let weight = target.totalWeight
        context.target = target
        context.factor = weight > 0 ? Float(1 / weight) : 0
        context.seed = seed
        context.momentum = 0.1
        run(plan.forward, plan, input)
        let accuracy = Self.accuracy(plan, target, memory.start)
        run(plan.backward, plan, input)
        let sum = (0..<plan.losses.count).reduce(0) { $0 + plan.losses.start[$1] }
        let norm = plan.trained.reduce(0) { $0 + nn_square_sum($1.gradient.start, Int64($1.count)) }.squareRoot()
        return StepResult(
            loss: Float(sum * Double(context.factor)), gradientNorm: Float(norm), accuracy: accuracy)
    }

    /// Runs a batch forward in training mode: the running statistics move towards the batch's by `momentum`, and nothing
    /// else changes.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    public func updateStatistics(_ input: Tensor, momentum: Float) throws {
        let plan = try self.plan(for: input)
        context.momentum = momentum
        run(plan.forward, plan, input)
    }

    private func update(_ descent: DescentSettings, norm: Float) {
        guard let plan = plan?.plan else { return }
        let factor = descent.clip.map { norm > $0 ? $0 / norm : 1 } ?? 1
        if let adam = descent.adam {
            update(plan.trained, descent, adam, factor: factor)
        } else {
            crew.run(plan.trained.count) { index, _ in
                let tensor = plan.trained[index]
                nn_sgd_step(
                    tensor.weight.start, tensor.velocity.start, tensor.gradient.start, Int64(tensor.count), factor,
                    descent.decay, descent.momentum, descent.rate, descent.nesterov ? 1 : 0)
            }
        }
        keepsAverage = descent.averaging != nil
        guard let averaging = descent.averaging else { return }
        crew.run(trained.tensors.count) { index, _ in
            let tensor = self.trained.tensors[index]
            nn_average_towards(tensor.weight.start, Int64(tensor.count), 1 - averaging, tensor.average.start)
        }
    }

    /// As PyTorch's AdamW: each tensor counts its own updates, so that moments which begin at 0 when a layer is no longer
    /// frozen are corrected as at the beginning.
    private func update(
        _ tensors: [TrainedTensor], _ descent: DescentSettings, _ adam: DescentSettings.Adam, factor: Float
    ) {
        makeSquares()
        for tensor in tensors { updates[tensor.parameter.name, default: 0] += 1 }
        crew.run(tensors.count) { [squares, updates] index, _ in
            let tensor = tensors[index]
            guard let square = squares[tensor.parameter.name], let number = updates[tensor.parameter.name]
            else { return }
            nn_adam_step(
                tensor.weight.start, tensor.velocity.start, square.start, tensor.gradient.start,
                Int64(tensor.count), Self.rule(descent, adam, number: number, factor: factor))
        }
    }

    private static func rule(
        _ descent: DescentSettings, _ adam: DescentSettings.Adam, number: Int, factor: Float
    ) -> nn_adam_rule {
        let (first, second) = (Double(descent.momentum), Double(adam.secondMoment))
        var rule = nn_adam_rule()
        rule.factor = factor
        rule.decay = descent.rate * descent.decay
        (rule.beta1, rule.beta2) = (descent.momentum, adam.secondMoment)
        rule.rate = Float(Double(descent.rate) / (1 - pow(first, Double(number))))
        rule.root = Float(1 / (1 - pow(second, Double(number))).squareRoot())
        rule.epsilon = adam.epsilon
        return rule
    }

    private func makeSquares() {
        guard squares.isEmpty else { return }
        for tensor in trained.tensors where !tensor.isBuffer {
            squares[tensor.parameter.name] = CellBuffer(zeros: tensor.count)
        }
    }

    // MARK: Weights

    /// The present weights and running statistics.
    public var parameters: Parameters { trained.parameters { $0.weight } }

    /// The average that steps with ``DescentSettings/averaging`` keep; the present weights where the last step kept none.
    public var averaged: Parameters { keepsAverage ? trained.parameters { $0.average } : parameters }

    /// ``averaged`` with running statistics of its own, taken over some batches as inference sees them, without dropout:
    /// those that move along with the weights lag behind, and know dropout's larger variance.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    public func averaged(statisticsOver batches: [Tensor]) throws -> Parameters {
        var settings = settings
        settings.dropout = 0
        settings.frozen = frozen
        let twin = try Trainer(averaged, settings: settings)
        for (index, batch) in batches.enumerated() {
            try twin.updateStatistics(batch, momentum: 1 / Float(index + 1))
        }
        return twin.parameters
    }

    /// The gradient of the last step, in PyTorch's shape.
    func gradient(of name: String) -> Tensor? {
        trained.tensors.first { $0.parameter.name == name && !$0.isBuffer }.map { $0.tensor(of: $0.gradient) }
    }

    /// Everything from which training goes on with the same bits, by names that ``restore(_:)`` knows.
    public var state: [String: Tensor] {
        trained.tensors.reduce(into: [:]) { state, tensor in
            for (kind, buffer) in parts(of: tensor) {
                let values = UnsafeBufferPointer(start: buffer.start, count: buffer.count)
                state["\(kind)/\(tensor.parameter.name)"] = Tensor(shape: [buffer.count], values: Array(values))
            }
            if let number = updates[tensor.parameter.name] {
                state["updates/\(tensor.parameter.name)"] = Tensor(shape: [1], values: [Float(number)])
            }
        }
    }

    /// - Throws: ``NeuralNetworkError/weightsDiffer(path:network:problem:)`` where the state is another network's.
    public func restore(_ state: [String: Tensor]) throws {
        keepsAverage = state.keys.contains { $0.hasPrefix("average/") }
        (squares, updates) = ([:], [:])
        if state.keys.contains(where: { $0.hasPrefix("square/") }) { makeSquares() }
        for tensor in trained.tensors {
            updates[tensor.parameter.name] =
                state["updates/\(tensor.parameter.name)"]?.values.first.flatMap { Int(exactly: $0) }
            for (kind, buffer) in parts(of: tensor) {
                let name = "\(kind)/\(tensor.parameter.name)"
                guard let stored = state[name], stored.count == buffer.count else {
                    throw NeuralNetworkError.weightsDiffer(
                        path: "the training state", network: network.name,
                        problem: "\(name) is missing or has another size")
                }
                buffer.start.update(from: stored.values, count: buffer.count)
            }
        }
    }

    /// What a checkpoint holds of a tensor.
    private func parts(of tensor: TrainedTensor) -> [(kind: String, buffer: CellBuffer)] {
        var parts = [("parameter", tensor.weight)]
        if keepsAverage { parts.append(("average", tensor.average)) }
        if !tensor.isBuffer { parts.append(("velocity", tensor.velocity)) }
        if let square = squares[tensor.parameter.name] { parts.append(("square", square)) }
        return parts
    }

    // MARK: Running

    private func plan(for input: Tensor) throws -> TrainingPlan {
        guard input.shape.count == 4, input.shape[1] == network.inputChannels else {
            throw problem(
                "takes images × \(network.inputChannels) channels × rows × columns, not \(input.shape)")
        }
        if let plan, plan.shape == input.shape, plan.frozen == frozen { return plan.plan }
        // Two plans' memory at a time would be too much.
        plan = nil
        let made = try TrainingPlan(
            trained, images: input.shape[0], height: input.shape[2], width: input.shape[3],
            frozen: FrozenLayers(prefixes: frozen), context: context)
        let floats = made.arena + made.shared + crew.threads * made.own
        if memory.count < floats {
            memory = CellBuffer(floats: 0)
            memory = CellBuffer(floats: floats)
        }
        plan = (input.shape, frozen, made)
        return made
    }

    private func run(_ stages: [any Stage], _ plan: TrainingPlan, _ input: Tensor) {
        input.values.withUnsafeBufferPointer { values in
            let room = Room(
                arena: memory.start, shared: memory.start + plan.arena,
                own: memory.start + plan.arena + plan.shared, input: values.baseAddress!, level: level)
            let work = StageWork(room, ownFloats: plan.own)
            for stage in stages {
                work.stage = stage
                crew.run(stage.pieces, work)
            }
        }
    }

    /// Share of the labels of one class that the largest logit hits.
    private static func accuracy(
        _ plan: TrainingPlan, _ target: TrainingTarget, _ arena: UnsafePointer<Float>
    ) -> Float {
        var hits = 0
        var counted = 0
        for (place, label) in target.labels.enumerated() where label.nonzeroBitCount == 1 {
            let logits = arena + plan.logits.offset + place * Cells.channels
            var top = 0
            for index in 1..<plan.classes where logits[index] > logits[top] { top = index }
            counted += 1
            if label == TrainingTarget.label(of: top) { hits += 1 }
        }
        return counted > 0 ? Float(hits) / Float(counted) : 0
    }

    private func problem(_ text: String) -> NeuralNetworkError { .input(network: network.name, problem: text) }
}

extension TrainingTarget {
    /// Σ λ over the labels that count; a set's λ is the mean of its classes'.
    fileprivate var totalWeight: Double {
        var counts = [Int](repeating: 0, count: 256)
        for label in labels { counts[Int(label)] += 1 }
        return (1..<256).reduce(0) { sum, set in
            guard counts[set] > 0 else { return sum }
            let classes = weights.indices.filter { set >> $0 & 1 == 1 }
            guard !classes.isEmpty else { return sum }
            let mean = classes.reduce(0) { $0 + Double(weights[$1]) } / Double(classes.count)
            return sum + Double(counts[set]) * mean
        }
    }
}
