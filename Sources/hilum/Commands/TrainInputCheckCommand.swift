import ArgumentParser
import Diagnosis
import Foundation
import Learning
import NeuralNetworks

/// `hilum train input-check`: whether an image is an upright frontal radiograph of the chest (method §7).
struct TrainInputCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "input-check", abstract: "Trains the check of what a radiograph is given as.",
        discussion: """
            Learns to tell radiographs of the manifest as they are from the same ones inverted, turned and mirrored, \
            and from what shows no chest: CT slices, drawings, noise, two images in one, parts. Without other options: \
            3000 batches of 64 at 64², rate 0.05 falling as a cosine after 100 steps, decay 0.0005, smoothing 0.02. At \
            the end the limits are fitted on the val split, written to input-check.yaml and printed with what they do \
            there.
            """)

    @OptionGroup var images: TrainImagesOptions

    @Option(help: "The manifest of CT slices, which are no radiographs; its splits are named as those of --manifest.")
    var ctManifest: String?

    @Option(help: "Share of the upright images of the val split that the limits may send to review.")
    var reviewShare = 0.008

    @OptionGroup var options: TrainOptions

    /// Of the network's input; its last layer sees about as much.
    static let side = 64

    func validate() throws {
        guard (0..<0.5).contains(reviewShare) else { throw ValidationError("--review-share must lie in 0..<0.5") }
        for stage in try options.stages.map({ try TrainingStage.stages($0) }) ?? [] where stage.side != Self.side {
            throw ValidationError("--stages must have the side \(Self.side) here")
        }
    }

    func run() throws {
        let bundle = try options.loadBundle()
        let rows = try images.rows(classes: nil, merged: [:])
        let slices = try ctManifest.map { path in
            var choice = ManifestChoice()
            choice.trainSplit = images.trainSplit
            choice.validationSplit = images.valSplit
            return try TrainingRows(manifest: URL(filePath: path), choice: choice)
        }
        let input = SegmentationInput(side: Self.side, mean: 0.5, deviation: 0.25)
        let work = try TrainWork(options, for: InputCheckTask.makeNetwork())
        let task = try work.prepare { stop, report in
            try InputCheckTask(
                rows, slices: slices, input: input, longSide: bundle.configuration.analysis.longSide,
                threads: options.threads, shouldStop: stop, report: report)
        }
        guard let task else { return }
        work.say(rows, leftOut: 0)
        try work.run(
            "input-check", task,
            TrainOptions.Defaults(
                stages: "\(Self.side):64:3000", rate: 0.05, warmUp: 100, decay: 5e-4, clip: 5, smoothing: 0.02,
                classWeights: task.classes.map { _ in 1 }, validateEvery: 500))
        guard !StopSignal.wasAsked else { return }
        try judge(task, input, work.folder)
    }

    /// Fits the limits and says what they do.
    private func judge(_ task: InputCheckTask, _ input: SegmentationInput, _ folder: WorkFolder) throws {
        let weights = try NetworkWeights(task.network, from: WeightsFile(contentsOf: folder.best))
        let check = InputCheck(input: input, executor: try Executor(weights, threads: options.threads))
        let logits = try check.logits(of: task.examples.map(\.square))
        let rule = InputCheckRule.fitted(task.examples, logits: logits, share: reviewShare)
        let section = """
            input_check:
              weights: input-check.safetensors
              input_side: \(Self.side)
              mean: \(input.mean)
              deviation: \(input.deviation)
              # Fitted on the validation split: \(reviewShare * 100) % of upright radiographs go to review.
              minimum_upright: \(Self.rounded(rule.minimumUpright, .down))
              minimum_mirrored: \(Self.rounded(rule.minimumMirrored, .up))

            """
        let file = folder.url.appending(path: "input-check.yaml")
        do {
            try section.write(to: file, atomically: true, encoding: .utf8)
        } catch {
            throw LearningError.workFolder(path: file.path, problem: "it cannot be written")
        }
        let summary = InputCheckSummary(task.examples, logits: logits, rule: rule)
        if options.json { return try JSONLine.print(summary) }
        print(InputCheckText(summary).text + "\n" + section, terminator: "")
    }

    /// To the side that sends fewer to review.
    private static func rounded(_ limit: Double, _ rule: FloatingPointRoundingRule) -> Double {
        (limit * 10_000).rounded(rule) / 10_000
    }
}

/// A summary as lines.
struct InputCheckText {
    let text: String

    init(_ summary: InputCheckSummary) {
        text = summary.groups.map { group in
            let reasons = group.reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            let share = String(format: "%5.1f %%", group.share * 100)
            let name = group.name.padding(toLength: max(28, group.name.count), withPad: " ", startingAt: 0)
            return "\(name) \(group.images) images, in review \(share)" + (reasons.isEmpty ? "" : ": \(reasons)")
        }.joined(separator: "\n")
    }
}
