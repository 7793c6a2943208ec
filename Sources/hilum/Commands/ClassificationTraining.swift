public import ArgumentParser
import Diagnosis
import Foundation
public import Imaging
import Learning
import NeuralNetworks

/// How the classes of radiographs are trained: `hilum train classification`, and the evaluations that train for a while.
struct ClassificationTraining: ParsableArguments {
    @OptionGroup var images: TrainImagesOptions

    @Option(help: "Weights that find the lungs, instead of the bundle's; none: the whole image counts as lung.")
    var lungs: String?

    @Option(help: "Rows and columns of the input of --lungs.")
    var lungsSide: Int?

    @Option(help: "How far validation keeps pixels beyond the mask, as a share of the box; without it, as the bundle.")
    var dilation: Double?

    @Option(help: "Which pixels the box's Wiener filter sees: mask, whole_box or none.")
    var wiener = LungBoxSettings.Wiener.mask

    @Option(help: "Patches of an image in validations on the way; the last takes the bundle's count.")
    var patches = 2

    @Option(help: "Share of the samples into which a rectangle of another image of the same class is laid.")
    var mix: Float = 0

    @OptionGroup var options: TrainOptions

    func validate() throws {
        guard (1...64).contains(patches), (32...1024).contains(lungsSide ?? 96), (0...1).contains(dilation ?? 0) else {
            throw ValidationError("--patches must lie in 1...64, --lungs-side in 32...1024, --dilation in 0...1")
        }
        guard (0...1).contains(mix) else { throw ValidationError("--mix must lie in 0...1") }
    }

    /// What a training begins with.
    struct Images {
        let rows: TrainingRows
        /// With their lungs, train first.
        let prepared: [PreparedImage]
        /// What they were prepared with.
        let key: String
        let settings: ClassificationTask.Settings
    }

    /// - Parameter isAside: standard output belongs to something else.
    /// - Returns: nil when a signal ended it.
    func prepare(isAside: Bool = false) throws -> (work: TrainWork, images: Images)? {
        let bundle = try options.loadBundle()
        guard let radiograph = bundle.configuration.radiograph else {
            throw LearningError.setting("the bundle says nothing of radiographs' classes; name another with --bundle")
        }
        let rows = try images.rows(classes: radiograph.classes.map(\.rawValue), merged: ImageChoice.merged)
        try rows.requireFewClasses()
        var options = options
        // What goes on or begins anew is a trial, in a folder of its own.
        if isAside { (options.resume, options.restart) = (false, false) }
        let work = try TrainWork(options, for: ResNet101.network(classes: rows.classes.count), isAside: isAside)
        let preparation = try preparation(bundle)
        let prepared = try work.prepare { stop, report in
            try preparation.images(
                rows.train + rows.validation, in: work.folder, threads: options.threads, shouldStop: stop,
                report: report)
        }
        return prepared.map {
            (work, Images(rows: rows, prepared: $0, key: preparation.key, settings: settings(radiograph)))
        }
    }

    static func defaults(_ task: some LearningTask) -> TrainOptions.Defaults {
        TrainOptions.Defaults(
            stages: "128:32:3000", rate: 0.008, warmUp: 60, decay: 2e-4, clip: 5, smoothing: 0.05,
            classWeights: task.classes.map { _ in 1 }, frozen: ["conv1", "bn1", "layer1"], validateEvery: 200)
    }

    private func settings(_ radiograph: ClassificationSettings) -> ClassificationTask.Settings {
        var box = radiograph.box
        box.wiener = wiener
        box.dilation = dilation ?? box.dilation
        return ClassificationTask.Settings(
            box: box, patchSide: radiograph.patchSide, mirrorsEverySecondPatch: radiograph.mirrorsEverySecondPatch,
            patches: radiograph.patchCount, fewPatches: patches,
            mean: radiograph.mean, deviation: radiograph.deviation, mixing: mix)
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
            side: lungsSide ?? settings.inputSide, mean: Float(settings.mean), deviation: Float(settings.deviation),
            mirroredToo: settings.mirroredToo)
        return RadiographPreparation(
            segmentation: (weights, try fingerprint(of: file), input), longSide: analysis.longSide,
            border: analysis.wienerBorder)
    }
}

extension LungBoxSettings.Wiener: ExpressibleByArgument {}
