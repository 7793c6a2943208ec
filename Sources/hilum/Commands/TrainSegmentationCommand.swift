import ArgumentParser
import Diagnosis
import Foundation
import Learning
import NeuralNetworks

/// `hilum train segmentation`: FC-DenseNet103 on radiographs and masks of their lungs (method §3).
struct TrainSegmentationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segmentation", abstract: "Trains the lungs of radiographs.",
        discussion: """
            The manifest names a mask for each image: 0 background, 1 the patient's right lung, 2 the left. Where its \
            convention is 'heart included', a pixel inside the mask may be background too. Without other options: \
            500 batches of 8 at 96², 800 of 6 at 128², 500 of 4 at 224²; rate 0.01 falling as a cosine after 40 steps, \
            decay 0.0001.
            """)

    @Option(
        help: "A CSV file with the columns path, class, source, split, mask_path and, where it has one, convention.")
    var manifest: String

    @Option(help: "Sources to leave out.")
    var exclude: [String] = []

    @Option(help: "The split to learn from.")
    var trainSplit = "train"

    @Option(help: "The split to validate with.")
    var valSplit = "val"

    @OptionGroup var options: TrainOptions

    func run() throws {
        let configuration = try options.loadBundle().configuration
        var choice = ManifestChoice(excluded: Set(exclude))
        choice.wantsMasks = true
        choice.trainSplit = trainSplit
        choice.validationSplit = valSplit
        let rows = try TrainingRows(manifest: URL(filePath: manifest), choice: choice)
        let work = try TrainWork(options, for: FCDenseNet103.network(classes: 3))
        let task = try work.prepare { stop, report in
            try SegmentationTask(
                rows, longSide: configuration.analysis.longSide, border: configuration.analysis.wienerBorder,
                mean: configuration.segmentation.mean, deviation: configuration.segmentation.deviation,
                threads: options.threads, shouldStop: stop, report: report)
        }
        guard let task else { return }
        work.say(rows, leftOut: 0)
        try work.run(
            "segmentation", task,
            TrainOptions.Defaults(
                stages: "96:8:500,128:6:800,224:4:500", rate: 0.01, warmUp: 40, decay: 1e-4, clip: 5, smoothing: 0,
                classWeights: [1, 1, 1], validateEvery: 150))
    }
}
