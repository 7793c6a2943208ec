import Dispatch
import Foundation
import Learning
import NeuralNetworks

/// One run of `hilum train` from its folder to its last line.
struct TrainWork {
    let folder: WorkFolder
    private let options: TrainOptions
    private let reporter: TrainReporter
    private let isAside: Bool

    /// Looks at what can be looked at before images are read.
    /// - Parameters:
    ///   - network: that is trained.
    ///   - isAside: it is part of something else, which has standard output to itself and judges the weights.
    init(_ options: TrainOptions, for network: Network, isAside: Bool = false) throws {
        self.isAside = isAside
        self.options = options
        folder = try options.workFolder()
        reporter =
            isAside ? TrainReporter(json: false, output: .standardError) : TrainReporter(json: options.json)
        StopSignal.listen()
        if options.resume, try !TrainingRun.hasCheckpoint(folder) {
            throw LearningError.setting(
                "\(folder.url.path) has no checkpoint to go on from; leave out --resume to begin")
        }
        try TrainingRun.requireRoom(in: folder, for: network, usesAdam: options.adam != nil)
        try options.requireLayers(of: network)
        if let start = options.start { _ = try WeightsFile(contentsOf: URL(filePath: start)) }
        // Last: a mistake in what else was said must not cost a run.
        if options.restart { try TrainingRun.forget(folder) }
    }

    /// Nil when a signal ended it; what was prepared is kept.
    func prepare<Result>(
        _ body: (@escaping @Sendable () -> Bool, @Sendable (PreparationStep) -> Void) throws -> Result
    ) throws -> Result? {
        do {
            return try body({ StopSignal.wasAsked }, reporter.preparation)
        } catch is CancellationError {
            reporter.say("stopped while images were prepared; the same command goes on from there")
            return nil
        }
    }

    func say(_ text: String) { reporter.say(text) }

    func say(_ rows: TrainingRows, leftOut: Int) {
        let without = leftOut > 0 ? "; \(leftOut) without lungs are left out" : ""
        reporter.say("\(rows.train.count) images to learn from, \(rows.validation.count) to validate with\(without)")
    }

    /// - Returns: false when a signal ended it.
    @discardableResult
    func run(_ name: String, _ task: some LearningTask, _ defaults: TrainOptions.Defaults) throws -> Bool {
        let recipe = try options.recipe(name, for: task, defaults)
        let start = try StartingWeights(
            task.network, from: options.start.map { URL(filePath: $0) }, seed: options.seed)
        if options.start != nil, !start.made.isEmpty {
            reporter.say("made anew: \(Self.list(start.made)); not used: \(Self.list(start.unused))")
        }
        let engine = try makeEngine(start.parameters)
        let run = try TrainingRun(
            task: task, engine: engine, recipe: recipe, folder: folder, options: runOptions,
            clock: { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 },
            shouldStop: { StopSignal.wasAsked }, report: reporter.report)
        let outcome = try run.run()
        reporter.finish(outcome, folder: folder)
        try drawHistory(of: recipe)
        guard case .finished = outcome else { return false }
        return true
    }

    /// The run's page and curves, beside its weights.
    private func drawHistory(of recipe: TrainingRecipe) throws {
        let history = try TrainingHistory(contentsOf: folder.history)
        guard !history.steps.isEmpty else { return }
        let page = try ReportFiles(folder: folder.url).write(
            TrainingReport(
                history, title: "Training: \(recipe.task)",
                subtitle: "\(recipe.classes.joined(separator: ", ")); rate \(recipe.rate), seed \(recipe.seed)"))
        reporter.say("curves: \(page)")
    }

    private func makeEngine(_ parameters: Parameters) throws -> any TrainingEngine {
        try Trainer(parameters, settings: Trainer.Settings(threads: options.threads))
    }

    private var runOptions: TrainingRun.Options {
        var settings = TrainingRun.Options(threads: options.threads)
        settings.batchThreads = options.threads
        settings.logEvery = options.logEvery
        settings.checkpointSeconds = options.checkpointMinutes * 60
        settings.validates = !isAside
        settings.budget = options.minutes.map { $0 * 60 }
        return settings
    }

    private static func list(_ names: [String]) -> String {
        guard names.count > 4 else { return names.isEmpty ? "none" : names.joined(separator: ", ") }
        return names.prefix(3).joined(separator: ", ") + " and \(names.count - 3) more"
    }
}
