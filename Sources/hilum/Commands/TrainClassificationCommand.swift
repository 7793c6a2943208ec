import ArgumentParser
import Diagnosis
import Foundation
import Imaging
import Learning
import NeuralNetworks

/// `hilum train classification`: ResNet-101 on patches of radiographs' lung boxes (method §5).
struct TrainClassificationCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classification", abstract: "Trains the classes of radiographs.",
        discussion: """
            Without other options: 3000 batches of 32 at 128², rate 0.008 falling as a cosine after 60 steps, decay \
            0.0002, smoothing 0.05; with --init, conv1, bn1 and layer1 stay as they are, and the statistics are taken \
            anew over 256 images first. Bacterial pneumonia counts as lung opacity.
            """)

    @OptionGroup var images: TrainImagesOptions

    @Option(help: "Weights that find the lungs, instead of the bundle's; none: the whole image counts as lung.")
    var lungs: String?

    @Option(help: "Rows and columns of the input of --lungs.")
    var lungsSide: Int?

    @Option(help: "How far validation keeps pixels beyond the mask, as a share of the box; without it, as the bundle.")
    var dilation: Double?

    @Option(help: "Which pixels the box's Wiener filter sees: masked or whole_box.")
    var wiener = "masked"

    @Option(help: "Patches of an image in validations on the way; the last takes the bundle's count.")
    var patches = 2

    @OptionGroup var options: TrainOptions

    func validate() throws {
        guard ["masked", "whole_box"].contains(wiener) else {
            throw ValidationError("--wiener is masked or whole_box, not '\(wiener)'")
        }
        guard (1...64).contains(patches), (32...1024).contains(lungsSide ?? 96), (0...1).contains(dilation ?? 0) else {
            throw ValidationError("--patches must lie in 1...64, --lungs-side in 32...1024, --dilation in 0...1")
        }
    }

    func run() throws {
        let bundle = try options.loadBundle()
        guard let radiograph = bundle.configuration.radiograph else {
            throw LearningError.setting("the bundle says nothing of radiographs' classes; name another with --bundle")
        }
        let rows = try images.rows(
            classes: images.folder == nil ? radiograph.classes.map(\.rawValue) : nil,
            merges: ["bacterial_pneumonia=lung_opacity"])
        let work = try TrainWork(options, for: ResNet101.network(classes: rows.classes.count))
        let preparation = try preparation(bundle)
        let prepared = try work.prepare { stop, report in
            try preparation.images(
                rows.train + rows.validation, in: work.folder, threads: options.threads, shouldStop: stop,
                report: report)
        }
        guard let prepared else { return }
        let task = try ClassificationTask(
            rows, images: prepared, preparation: preparation.key, settings: settings(radiograph))
        work.say(rows, leftOut: task.withoutLungs)
        try work.run(
            "classification", task,
            TrainOptions.Defaults(
                stages: "128:32:3000", rate: 0.008, warmUp: 60, decay: 2e-4, clip: 5, smoothing: 0.05,
                classWeights: task.classes.map { _ in 1 }, frozen: ["conv1", "bn1", "layer1"], validateEvery: 200))
    }

    private func settings(_ radiograph: ClassificationSettings) -> ClassificationTask.Settings {
        var box = radiograph.box
        box.maskedWiener = wiener == "masked"
        box.dilation = dilation ?? box.dilation
        return ClassificationTask.Settings(
            box: box, patchSide: radiograph.patchSide, patches: radiograph.patchCount, fewPatches: patches,
            mean: radiograph.mean, deviation: radiograph.deviation)
    }

    private func preparation(_ bundle: ModelBundle) throws -> RadiographPreparation {
        let analysis = bundle.configuration.analysis
        guard lungs != "none" else {
            return RadiographPreparation(
                segmentation: nil, longSide: analysis.longSide, border: analysis.wienerBorder)
        }
        let settings = bundle.configuration.segmentation
        let file = lungs.map { URL(filePath: $0) } ?? bundle.folder.appending(path: settings.weights)
        let network = FCDenseNet103.network(classes: 3)
        let weights = try NetworkWeights(network, from: WeightsFile(contentsOf: file))
        let input = SegmentationInput(
            side: lungsSide ?? settings.inputSide, mean: Float(settings.mean), deviation: Float(settings.deviation))
        return RadiographPreparation(
            segmentation: (weights, try fingerprint(of: file), input), longSide: analysis.longSide,
            border: analysis.wienerBorder)
    }
}
