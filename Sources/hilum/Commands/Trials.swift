import ArgumentParser
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
    ///   - leftOut: the sources that were left out of them; empty: none were.
    ///   - change: of the options.
    /// - Returns: nil when a signal ended it.
    func result(
        _ name: String, _ rows: TrainingRows, leftOut: Set<String> = [],
        change: (inout TrainOptions) throws -> Void = { _ in }
    ) throws -> TrialResult? {
        var options = training.options
        options.output = URL(filePath: options.output).appending(path: name).path
        options.stages = options.stages ?? Self.stages
        try change(&options)
        let stages = options.stages ?? Self.stages
        let side = try TrainingStage.stages(stages).last?.side ?? 0
        let task = try ClassificationTask(
            rows, images: prepared(rows), preparation: images.key, settings: images.settings)
        let work = try TrainWork(options, for: task.network, isAside: true)
        work.say(rows, leftOut: task.withoutLungs)
        guard try work.run("classification", task, ClassificationTraining.defaults(task)),
            let answers = try answers(task, of: work.folder.last, side: side)
        else { return nil }
        func summary(_ some: [ImageResult]) -> ClassificationSummary {
            ClassificationSummary(some, classes: task.classes, normal: "normal")
        }
        return TrialResult(
            name: name, learned: task.learned, stages: stages,
            start: options.start.map { URL(filePath: $0).lastPathComponent },
            summary: summary(answers.filter { leftOut.isEmpty || leftOut.contains($0.source) }),
            seen: leftOut.isEmpty ? nil : summary(answers.filter { !leftOut.contains($0.source) }))
    }

    /// Nil when a signal ended it.
    private func answers(_ task: ClassificationTask, of file: URL, side: Int) throws -> [ImageResult]? {
        let weights = try Parameters(NetworkWeights(task.network, from: WeightsFile(contentsOf: file)))
        do {
            return try task.answers(
                ValidationRequest(
                    parameters: weights, side: side, threads: training.options.threads, isThorough: true,
                    shouldStop: { StopSignal.wasAsked }))
        } catch is CancellationError {
            return nil
        }
    }

    /// Trainings that end when time or validations say so are not alike.
    static func validate(_ options: TrainOptions) throws {
        guard options.minutes == nil, options.patience == 0 else {
            throw ValidationError("--minutes and --patience would make the trainings unlike each other; leave them out")
        }
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
