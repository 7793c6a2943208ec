import ArgumentParser
import Diagnosis
import Foundation
import Learning
import NeuralNetworks

/// What the commands of `hilum train` share. Where no default stands, it depends on the task.
struct TrainOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The folder that the run keeps its files in; made where it is missing.")
    var output: String

    @Option(name: .customLong("init"), help: "Weights to start from; tensors that do not fit are made anew.")
    var start: String?

    @Option(help: "The bundle whose constants and lungs are used; without it, the one that analyses use.")
    var bundle: String?

    @Option(help: "Stages side:batch:steps or side:batch:steps:layer+layer (which stay as they are), with commas.")
    var stages: String?

    @Option(help: "The largest rate.")
    var rate: Float?

    @Option(help: "constant, cosine, step or step:0.5,0.75 (a tenth from these shares of the work on).")
    var schedule = "cosine"

    @Option(help: "Steps in which the rate rises.")
    var warmUp: Int?

    @Option(help: "Of gradient descent.")
    var momentum: Float = 0.9

    @Flag(help: "Nesterov's momentum.")
    var nesterov = false

    @Option(help: "AdamW instead of SGD: what it keeps of the squared gradients in a step (β₂); --momentum is its β₁.")
    var adam: Float?

    @Option(help: "Weight decay.")
    var decay: Float?

    @Option(help: "The largest norm of the gradient; 0: any.")
    var clip: Float?

    @Option(help: "What the averaged weights keep of themselves in a step (EMA); 0: no average.")
    var ema: Float = 0.995

    @Option(help: "Label smoothing.")
    var smoothing: Float?

    @Option(help: "Weights of the classes in the loss, with commas.")
    var classWeights: String?

    @Option(help: "Layers that stay as they are, with commas; none: all are trained.")
    var freeze: String?

    @Option(help: "Steps at the beginning in which only the last layer is trained.")
    var headFirst = 0

    @Option(help: "Images over which the running statistics are taken anew first; 0: they are kept.")
    var recalibrate: Int?

    @Option(help: "Steps between validations.")
    var validateEvery: Int?

    @Option(help: "Validations without a better score after which the run ends; 0: never.")
    var patience = 0

    @Option(help: "Of everything random.")
    var seed: UInt64 = 1

    @Option(help: "Minutes that the run may take; its steps are made fewer to fit.")
    var minutes: Double?

    @Option(help: "Minutes between checkpoints.")
    var checkpointMinutes = 5.0

    @Option(help: "Steps between lines of the history.")
    var logEvery = 10

    @Option(help: "Threads of the network and of what makes its batches.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Flag(help: "Only go on: an error when the folder has no checkpoint.")
    var resume = false

    @Flag(help: "Begin anew; the folder's checkpoints, history and weights are removed.")
    var restart = false

    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        guard !(resume && restart) else { throw ValidationError("--resume and --restart exclude each other") }
        guard rate ?? 1 > 0, rate ?? 1 <= 10 else { throw ValidationError("--rate must be above 0 and at most 10") }
        guard (0..<1).contains(ema), (0..<1).contains(momentum), (0..<1).contains(adam ?? 0) else {
            throw ValidationError("--ema, --momentum and --adam must lie in 0..<1")
        }
        guard adam == nil || !nesterov else { throw ValidationError("--adam knows no --nesterov") }
        guard decay ?? 0 >= 0, clip ?? 0 >= 0, (0..<1).contains(smoothing ?? 0) else {
            throw ValidationError("--decay and --clip must not be negative, --smoothing must lie in 0..<1")
        }
        guard validateEvery ?? 1 > 0, logEvery > 0, (1...1024).contains(threads), patience >= 0, headFirst >= 0,
            recalibrate ?? 0 >= 0, warmUp ?? 0 >= 0
        else { throw ValidationError("--validate-every, --log-every and --threads must be at least 1, others 0") }
        _ = try checked { (try RateSchedule(schedule), try stages.map(TrainingStage.stages)) }
        _ = try weights()
        guard minutes ?? 1 > 0, checkpointMinutes > 0 else {
            throw ValidationError("--minutes and --checkpoint-minutes must be above 0")
        }
    }

    /// What is no setting, as wrong usage.
    private func checked<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as LearningError {
            throw ValidationError(error.description)
        }
    }

    /// What depends on the task.
    struct Defaults {
        var stages: String
        var rate: Float
        var warmUp: Int
        var decay: Float
        var clip: Float
        var smoothing: Float
        var classWeights: [Float]
        /// With weights to start from.
        var frozen: [String] = []
        var recalibration = 256
        var validateEvery: Int
    }

    func recipe(_ name: String, for task: some LearningTask, _ defaults: Defaults) throws -> TrainingRecipe {
        var recipe = TrainingRecipe(
            task: name, classes: task.classes, data: task.dataDigest,
            start: try start.map { try fingerprint(of: URL(filePath: $0)) } ?? "random",
            stages: try TrainingStage.stages(stages ?? defaults.stages),
            classWeights: try weights() ?? defaults.classWeights)
        guard recipe.classWeights.count == task.classes.count else {
            throw LearningError.setting(
                "--class-weights wants a number for each of \(task.classes.joined(separator: ", "))")
        }
        recipe.schedule = try RateSchedule(schedule)
        recipe.rate = rate ?? defaults.rate
        recipe.warmUp = warmUp ?? defaults.warmUp
        recipe.momentum = momentum
        recipe.nesterov = nesterov
        recipe.secondMoment = adam
        recipe.decay = decay ?? defaults.decay
        let clip = clip ?? defaults.clip
        recipe.clip = clip > 0 ? clip : nil
        recipe.averaging = ema > 0 ? ema : nil
        recipe.smoothing = smoothing ?? defaults.smoothing
        recipe.frozen = frozen ?? (start == nil ? [] : defaults.frozen)
        recipe.headFirst = headFirst
        recipe.recalibration = recalibrate ?? (start == nil ? 0 : defaults.recalibration)
        recipe.validationEvery = validateEvery ?? defaults.validateEvery
        recipe.patience = patience
        recipe.seed = seed
        return recipe
    }

    /// - Throws: `LearningError.setting` for a layer that is to stay as it is and is none of the network's.
    func requireLayers(of network: Network) throws {
        let ofStages = try stages.map(TrainingStage.stages) ?? []
        for layer in (frozen ?? []) + ofStages.flatMap({ $0.frozen ?? [] })
        where !network.parameters.contains(where: { $0.name.hasPrefix(layer + ".") }) {
            throw LearningError.setting("\(network.name) has no layer \(layer) that could stay as it is")
        }
    }

    private var frozen: [String]? {
        freeze.map { $0 == "none" ? [] : $0.split(separator: ",").map(String.init) }
    }

    /// Of the classes; how many there are is known later.
    private func weights() throws -> [Float]? {
        guard let classWeights else { return nil }
        let words = classWeights.split(separator: ",", omittingEmptySubsequences: false)
        let values = words.compactMap { Float($0) }
        guard values.count == words.count, values.allSatisfy({ $0 >= 0 && $0.isFinite }),
            values.contains(where: { $0 > 0 })
        else { throw ValidationError("--class-weights wants numbers of 0 and more with commas, not all 0") }
        return values
    }

    func loadBundle() throws -> ModelBundle {
        try ModelBundle.load(from: try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault())
    }

    func workFolder() throws -> WorkFolder { try WorkFolder(URL(filePath: output)) }
}

/// Which images are learned from and judged by.
struct TrainImagesOptions: ParsableArguments {
    @Option(help: "A CSV file with the columns path, class, source and split; paths are relative to its folder.")
    var manifest: String?

    @Option(help: "Instead of a manifest: a folder with a folder of images for each class.")
    var folder: String?

    @Option(help: "With --folder: the share of the images that validates.")
    var valShare = 0.15

    @Option(help: "Classes in the order of the network's outputs, with commas.")
    var classes: String?

    @Option(help: "Classes that count as another: class=class; none: no class does.")
    var merge: [String] = []

    @Option(help: "Sources to leave out.")
    var exclude: [String] = []

    @Option(help: "The split to learn from.")
    var trainSplit = "train"

    @Option(help: "The split to validate with.")
    var valSplit = "val"

    func validate() throws {
        guard (manifest == nil) != (folder == nil) else { throw ValidationError("give --manifest or --folder") }
        guard valShare > 0, valShare < 1 else { throw ValidationError("--val-share must lie between 0 and 1") }
    }

    /// - Parameters:
    ///   - known: of a manifest, where `--classes` says nothing; nil: all that it holds.
    ///   - usual: where `--merge` says nothing.
    func rows(classes known: [String]?, merged usual: [String: String]) throws -> TrainingRows {
        let named = classes.map { $0.split(separator: ",").map(String.init) }
        let merged = merge.isEmpty ? usual : try ManifestChoice.merges(merge.filter { $0 != "none" })
        if let folder {
            return try TrainingRows(
                folder: URL(filePath: folder), classes: named, merged: merged, validationShare: valShare)
        }
        var choice = ManifestChoice(classes: named ?? known, merged: merged, excluded: Set(exclude))
        choice.trainSplit = trainSplit
        choice.validationSplit = valSplit
        return try TrainingRows(manifest: URL(filePath: manifest ?? ""), choice: choice)
    }
}
