import Foundation
import Learning
import NeuralNetworks

/// Short trainings that are evaluations: each in a folder of its own, where it goes on when it was interrupted, judged
/// once at its end by the images that its rows validate with.
struct Trials {
    let training: ClassificationTraining
    let images: ClassificationTraining.Images

    /// Of each trial: so little tells starts and sources apart, and no more.
    static let stages = "96:32:300"

    /// - Parameters:
    ///   - rows: among those that were prepared.
    ///   - change: of the options.
    /// - Returns: nil when a signal ended it.
    func result(
        _ name: String, _ rows: TrainingRows, change: (inout TrainOptions) -> Void = { _ in }
    ) throws -> TrialResult? {
        var options = training.options
        options.output = URL(filePath: options.output).appending(path: name).path
        options.stages = options.stages ?? Self.stages
        change(&options)
        let stages = try TrainingStage.stages(options.stages ?? Self.stages)
        // Judging on the way, and choosing by it, would be learning from what judges.
        options.validateEvery = stages.reduce(0) { $0 + $1.steps }
        let task = try ClassificationTask(
            rows, images: prepared(rows), preparation: images.key, settings: images.settings)
        let work = try TrainWork(options, for: task.network, isAside: true)
        work.say(rows, leftOut: task.withoutLungs)
        guard try work.run("classification", task, ClassificationTraining.defaults(task)) else { return nil }
        let weights = try Parameters(NetworkWeights(task.network, from: WeightsFile(contentsOf: work.folder.last)))
        let answers = try task.answers(
            ValidationRequest(
                parameters: weights, side: stages.last?.side ?? 96, threads: options.threads, isThorough: true,
                shouldStop: { StopSignal.wasAsked }))
        return TrialResult(
            name: name, learned: rows.train.count, stages: options.stages ?? Self.stages,
            start: options.start.map { URL(filePath: $0).lastPathComponent },
            summary: ClassificationSummary(answers, classes: task.classes, normal: "normal"))
    }

    private func prepared(_ rows: TrainingRows) -> [PreparedImage] {
        let known = Dictionary(
            zip(images.rows.train + images.rows.validation, images.prepared).map { ($0.path, $1) },
            uniquingKeysWith: { first, _ in first })
        return (rows.train + rows.validation).compactMap { known[$0.path] }
    }

    /// As text or JSON, and as a page where one is wanted.
    static func show(_ report: TrialReport, report folder: String?, json: Bool) throws {
        if let folder { _ = try ReportFiles(folder: URL(filePath: folder)).write(report) }
        if json { return try JSONLine.print(report.results) }
        print(report.text)
    }
}
