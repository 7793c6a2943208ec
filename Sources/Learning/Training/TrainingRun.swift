import Foundation
public import NeuralNetworks

/// One run of training: batches, steps, validations and checkpoints (method §5). A run that ended, by a signal or by
/// force, goes on from its last checkpoint with the losses it would have had.
public final class TrainingRun {
    /// What no loss depends on.
    public struct Options: Sendable {
        /// Of the networks.
        public var threads: Int
        /// That make batches.
        public var batchThreads = 2
        /// Images over which a validation takes the running statistics anew; 0: those of the steps are used.
        public var statisticsImages = 256
        /// Steps between lines of the history.
        public var logEvery = 10
        /// Seconds between checkpoints.
        public var checkpointSeconds = 300.0
        /// Whether weights are judged on the way and at the end; without it the last ones are the run's.
        public var validates = true
        /// Seconds that the run may take in all; its steps are made fewer to fit.
        public var budget: Double?

        public init(threads: Int) { self.threads = threads }
    }

    private let task: any LearningTask
    private let engine: any TrainingEngine
    private let folder: WorkFolder
    private let options: Options
    private let clock: () -> Double
    private let shouldStop: @Sendable () -> Bool
    private let report: (TrainingEvent) -> Void
    private let checkpoints: CheckpointStore
    private let history: HistoryFile
    private let original: StagePlan
    private var state: RunState
    private var pace: TrainingPace
    private var keptAt: Double
    private var frozen: [String]?
    private var queue: BatchQueue?

    /// - Parameters:
    ///   - engine: with the weights to start from; a checkpoint's replace them.
    ///   - clock: seconds since some moment.
    ///   - shouldStop: asked between steps.
    /// - Throws: ``LearningError/otherSettings(folder:setting:was:now:)`` when the folder holds another run.
    public init(
        task: any LearningTask, engine: any TrainingEngine, recipe: TrainingRecipe, folder: WorkFolder,
        options: Options, clock: @escaping () -> Double, shouldStop: @escaping @Sendable () -> Bool = { false },
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws {
        (self.task, self.engine, self.folder, self.options) = (task, engine, folder, options)
        (self.clock, self.shouldStop, self.report) = (clock, shouldStop, report)
        checkpoints = CheckpointStore(folder: folder)
        original = StagePlan(recipe.stages)
        if let found = try checkpoints.newest() {
            if let other = recipe.difference(from: found.state.recipe) {
                throw LearningError.otherSettings(
                    folder: folder.url.path, setting: other.setting, was: other.was, now: other.now)
            }
            state = found.state
            try engine.restore(found.tensors)
        } else {
            state = RunState(recipe: recipe, plan: original)
        }
        history = try HistoryFile(folder.history, keeping: state.history)
        pace = TrainingPace(seconds: state.seconds, now: clock())
        keptAt = clock()
    }

    /// Removes a run's files, save prepared images: the next begins anew.
    public static func forget(_ folder: WorkFolder) throws { try CheckpointStore(folder: folder).removeAll() }

    public static func hasCheckpoint(_ folder: WorkFolder) throws -> Bool {
        try CheckpointStore(folder: folder).hasAny
    }

    /// - Throws: ``LearningError/workFolder(path:problem:)`` when the disk has no room for all that a run of the network
    ///   will write besides what the folder holds of it.
    public static func requireRoom(in folder: WorkFolder, for network: Network, usesAdam: Bool) throws {
        let weights = network.parameters.reduce(0) { $0 + 4 * $1.shape.reduce(1, *) }
        // A checkpoint has weights, velocity, average and Adam's squares; one more is written before the oldest goes,
        // and two files of weights, one being replaced.
        let most = weights * ((usesAdam ? 4 : 3) * (CheckpointStore.kept + 1) + 3)
        try folder.requireRoom(most - CheckpointStore(folder: folder).bytes)
    }

    /// - Throws: ``LearningError``; what the engine throws.
    public func run() throws -> TrainingOutcome {
        defer { queue?.close() }
        report(.began(step: state.step, steps: state.plan.steps))
        do {
            if state.step == 0 { try recalibrate() }
            while try validateIfDue(), state.step < state.plan.steps {
                if shouldStop() { throw CancellationError() }
                try step()
                if clock() - keptAt >= options.checkpointSeconds { try keep() }
            }
            return try finish()
        } catch is CancellationError {
            try keep()
            return .interrupted(step: state.step)
        }
    }

    // MARK: Steps

    private func step() throws {
        guard let place = state.plan.place(of: state.step), let batch = nextBatch() else { return }
        let stage = state.plan.stages[place.stage]
        freeze(stage, at: state.step)
        let rate = state.recipe.schedule.rate(
            state.recipe.rate, done: Double(state.plan.work(before: state.step)) / Double(state.plan.work),
            step: state.step, warmUp: state.recipe.warmUp)
        let target = TrainingTarget(
            labels: batch.labels, weights: state.recipe.classWeights, smoothing: state.recipe.smoothing)
        var dropout = RandomStream(seed: state.recipe.seed, .dropout, index: UInt64(state.step))
        let result = try engine.step(
            batch.input, target, state.recipe.descent(rate: rate, step: state.step), seed: dropout.next())
        guard result.isFinite else { throw LearningError.diverged(step: state.step + 1, rate: rate) }
        state.step += 1
        state.lossSum += Double(result.loss)
        state.lossCount += 1
        pace.count(stage, now: clock())
        if state.step % options.logEvery == 0 || state.step == state.plan.steps { try log(stage, rate: rate) }
        if state.step == TrainingPace.stepsToTell { replan() }
    }

    private func freeze(_ stage: TrainingStage, at step: Int) {
        let layers = step < state.recipe.headFirst ? task.network.body : stage.frozen ?? state.recipe.frozen
        guard layers != frozen else { return }
        frozen = layers
        engine.frozen = layers
    }

    private func log(_ stage: TrainingStage, rate: Float) throws {
        let left = state.plan.work - state.plan.work(before: state.step)
        let progress = TrainingProgress(
            step: state.step, steps: state.plan.steps, seconds: pace.elapsed(now: clock()), side: stage.side,
            loss: Float(state.lossSum / Double(max(1, state.lossCount))), rate: rate,
            imagesPerSecond: pace.imagesPerSecond(), secondsLeft: pace.secondsPerPixel.map { $0 * Double(left) })
        try history.add(progress)
        (state.lossSum, state.lossCount) = (0, 0)
        report(.progressed(progress))
    }

    private func nextBatch() -> TrainingBatch? {
        if queue == nil {
            let (plan, task, seed) = (state.plan, task, state.recipe.seed)
            queue = BatchQueue(steps: state.step..<plan.steps, threads: options.batchThreads) { step in
                let stage = plan.stages[plan.place(of: step)?.stage ?? 0]
                return task.batch(
                    BatchRequest(
                        seed: seed, first: plan.images(before: step), count: stage.batch, side: stage.side))
            }
        }
        return queue?.take()
    }

    /// Statistics of the weights that the run starts with, over its own images: the mean over batches.
    private func recalibrate() throws {
        guard state.recipe.recalibration > 0, let stage = state.plan.stages.first else { return }
        engine.frozen = []
        frozen = nil
        for batch in 0..<max(1, state.recipe.recalibration / stage.batch) {
            if shouldStop() { throw CancellationError() }
            try engine.updateStatistics(recalibrationBatch(batch, stage), momentum: 1 / Float(batch + 1))
        }
        report(.recalibrated(images: max(1, state.recipe.recalibration / stage.batch) * stage.batch))
    }

    private func recalibrationBatch(_ batch: Int, _ stage: TrainingStage) -> Tensor {
        var request = BatchRequest(
            seed: state.recipe.seed, first: batch * stage.batch, count: stage.batch, side: stage.side)
        request.purpose = .recalibration
        return task.batch(request).input
    }

    /// The weights that are judged and kept, with the statistics of what the last step froze: a run that goes on may have
    /// made no step yet.
    private func averaged(_ stage: TrainingStage) throws -> Parameters {
        freeze(stage, at: state.step - 1)
        let batches = (options.statisticsImages + stage.batch - 1) / stage.batch
        return try engine.averaged(statisticsOver: (0..<batches).map { recalibrationBatch($0, stage) })
    }

    // MARK: Validations

    /// False when the run ends here.
    private func validateIfDue() throws -> Bool {
        let isLast = state.step >= state.plan.steps
        let isDue = state.step > 0 && (isLast || state.step % state.recipe.validationEvery == 0)
        guard options.validates, isDue, state.validated < state.step else { return !isStale }
        let start = clock()
        let stage = state.plan.stages[state.plan.place(of: state.step - 1)?.stage ?? 0]
        let weights = try averaged(stage)
        let side = stage.side
        let result = try task.validate(
            ValidationRequest(
                parameters: weights, side: side, threads: options.threads, isThorough: false, shouldStop: shouldStop))
        state.validated = state.step
        let isBest = result.score > state.best?.result.score ?? -.infinity
        if isBest {
            try weights.write(to: folder.best, as: .f32, metadata: ["classes": task.classes.joined(separator: ",")])
            state.best = RunState.Best(step: state.step, result: result)
        }
        state.worse = isBest ? 0 : state.worse + 1
        pace.pause(from: start, to: clock())
        try history.add(step: state.step, seconds: pace.elapsed(now: clock()), result)
        report(.validated(step: state.step, result, isBest: isBest))
        replan()
        // The file was replaced: a checkpoint from before it would call it another step's.
        if isBest { try keep() }
        if isStale { report(.stoppedEarly(step: state.step)) }
        return !isStale
    }

    /// Validations have not become better for long enough.
    private var isStale: Bool { state.recipe.patience > 0 && state.worse >= state.recipe.patience }

    /// Fits the steps that are left to the time that is left.
    private func replan() {
        guard let budget = options.budget, let perPixel = pace.secondsPerPixel else { return }
        let left = state.plan.steps - state.step
        let validations = Double(left / state.recipe.validationEvery + 1) * (pace.lastPause ?? 0)
        let seconds = budget - pace.elapsed(now: clock()) - validations
        let plan = state.plan.fitted(to: seconds / perPixel, from: state.step, original: original)
        guard plan != state.plan else { return }
        state.plan = plan
        queue?.close()
        queue = nil
        report(.replanned(step: state.step, steps: plan.steps))
    }

    // MARK: Ends

    private func keep() throws {
        state.seconds = pace.elapsed(now: clock())
        state.history = history.count
        try checkpoints.write(state, tensors: engine.state)
        keptAt = clock()
        report(.keptCheckpoint(step: state.step))
    }

    private func finish() throws -> TrainingOutcome {
        let best = state.best?.step ?? state.step
        let end = state.plan.stages[state.plan.place(of: state.step - 1)?.stage ?? 0]
        try averaged(end).write(
            to: folder.last, as: .f32, metadata: ["classes": task.classes.joined(separator: ",")])
        try keep()
        guard options.validates else { return .finished(best: best, thorough: nil) }
        let weights = try Parameters(NetworkWeights(task.network, from: WeightsFile(contentsOf: folder.best)))
        let place = state.plan.place(of: best - 1)
        let result = try task.validate(
            ValidationRequest(
                parameters: weights, side: state.plan.stages[place?.stage ?? 0].side, threads: options.threads,
                isThorough: true, shouldStop: shouldStop))
        return .finished(best: best, thorough: result)
    }
}
