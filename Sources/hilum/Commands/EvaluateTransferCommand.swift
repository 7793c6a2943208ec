import ArgumentParser
import Foundation
import Learning

/// `hilum evaluate transfer`: the paper's Table 3.
struct EvaluateTransferCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transfer",
        abstract: "Train from --init and from random values, with the same images and steps.",
        discussion: """
            Both trainings are short (stages \(Trials.stages) without other options) and judged by the images to \
            validate with. From random values all layers are trained, at a rate of their own.
            """)

    @OptionGroup var training: ClassificationTraining

    @Option(help: "The largest rate of the training from random values.")
    var scratchRate: Float = 0.05

    @Option(help: "Write a page to read and to print into this folder.")
    var report: String?

    func validate() throws {
        guard training.options.start != nil else { throw ValidationError("give --init with the weights to start from") }
        try Trials.validate(training.options)
        guard scratchRate > 0, scratchRate <= 10 else {
            throw ValidationError("--scratch-rate must be above 0 and at most 10")
        }
    }

    func run() throws {
        guard let (_, images) = try training.prepare(isAside: true) else { return }
        let trials = Trials(training: training, images: images)
        guard let transferred = try trials.result("transfer", images.rows) else { return }
        let scratch = try trials.result("scratch", images.rows) { options in
            (options.start, options.rate, options.freeze, options.recalibrate) = (nil, scratchRate, nil, nil)
            options.headFirst = 0
            // Nothing of random values is worth being kept as it is.
            options.stages = try options.stages.map { text in
                try TrainingStage.stages(text).map { "\($0.side):\($0.batch):\($0.steps)" }.joined(separator: ",")
            }
        }
        guard let scratch else { return }
        try Trials.show(.transfer([transferred, scratch]), report: report, json: training.options.json)
    }
}
