import ArgumentParser
import Diagnosis
import Foundation
import Learning
import NeuralNetworks

/// `hilum train ct`: ResNet-101 on whole CT slices in their lung window (method §8).
struct TrainCTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ct", abstract: "Trains the classes of CT slices.",
        discussion: """
            Slices are pictures in the lung window. Without other options: 800 batches of 16 at 192², rate 0.006 falling \
            as a cosine after 60 steps, decay 0.0002, smoothing 0.05; with --init, conv1, bn1 and layer1 stay as they \
            are, and the statistics are taken anew over 256 images first. The classes covid and noncovid are called \
            covid19 and non_covid.
            """)

    @OptionGroup var images: TrainImagesOptions

    @Flag(help: "What lies outside the lungs, found by their darkness, becomes black.")
    var lungsOnly = false

    @OptionGroup var options: TrainOptions

    func run() throws {
        let bundle = try options.loadBundle()
        let rows = try images.rows(classes: nil, merged: ImageChoice.merged)
        try rows.requireFewClasses()
        let colours = bundle.configuration.radiograph
        let work = try TrainWork(options, for: ResNet101.network(classes: rows.classes.count))
        let task = try work.prepare { stop, report in
            try SliceTask(
                rows,
                slices: SliceInput(
                    side: bundle.configuration.analysis.longSide, lungsOnly: lungsOnly,
                    minimumShare: bundle.configuration.ct.minimumShare),
                mean: colours?.mean ?? [0.485, 0.456, 0.406], deviation: colours?.deviation ?? [0.229, 0.224, 0.225],
                threads: options.threads, shouldStop: stop, report: report)
        }
        guard let task else { return }
        work.say(rows, leftOut: 0)
        try work.run(
            "ct", task,
            TrainOptions.Defaults(
                stages: "192:16:800", rate: 0.006, warmUp: 60, decay: 2e-4, clip: 5, smoothing: 0.05,
                classWeights: task.classes.map { _ in 1 }, frozen: ["conv1", "bn1", "layer1"], validateEvery: 100))
    }
}
