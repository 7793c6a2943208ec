import ArgumentParser
import Foundation
import Learning
import NeuralNetworks

/// Short trainings that are evaluations: each in a folder of its own, where it goes on when it was interrupted, judged
/// once at its end by the images that its rows validate with. The folder keeps the result.
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
        guard try work.run("classification", task, ClassificationTraining.defaults(task)) else { return nil }
        let judgement = try Judgement(of: work.folder, data: task.dataDigest, leftOut: leftOut)
        if let result = judgement.kept { return result }
        guard let answers = try answers(task, of: work.folder.last, side: side) else { return nil }
        func summary(_ some: [ImageResult]) -> ClassificationSummary {
            ClassificationSummary(some, classes: task.classes, normal: "normal")
        }
        let result = TrialResult(
            name: name, learned: task.learned, stages: stages,
            start: options.start.map { URL(filePath: $0).lastPathComponent },
            summary: summary(answers.filter { leftOut.isEmpty || leftOut.contains($0.source) }),
            seen: leftOut.isEmpty ? nil : summary(answers.filter { !leftOut.contains($0.source) }))
        try judgement.keep(result)
        work.say(result.text)
        return result
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
        guard !options.resume else {
            throw ValidationError("--resume is for one training; each of these goes on where it was anyway")
        }
    }

    private func prepared(_ rows: TrainingRows) -> [PreparedImage] {
        let known = Dictionary(
            zip(images.rows.train + images.rows.validation, images.prepared).map { ($0.path, $1) },
            uniquingKeysWith: { first, _ in first })
        return (rows.train + rows.validation).compactMap { known[$0.path] }
    }

    /// A result in the trial's folder, beside the weights that it is of.
    private struct Judgement {
        private struct Kept: Codable {
            var subject: [String]
            var result: TrialResult
        }

        private let file: URL
        /// Weights, images and the sources that were left out: a result of others counts for nothing.
        private let subject: [String]

        init(of folder: WorkFolder, data: String, leftOut: Set<String>) throws {
            file = folder.url.appending(path: "result.json")
            subject = [try fingerprint(of: folder.last), data] + leftOut.sorted()
        }

        var kept: TrialResult? {
            let kept = (try? Data(contentsOf: file)).flatMap { try? JSONDecoder().decode(Kept.self, from: $0) }
            return kept?.subject == subject ? kept?.result : nil
        }

        func keep(_ result: TrialResult) throws {
            try ResultFile(file.path).write(JSONEncoder().encode(Kept(subject: subject, result: result)))
        }
    }

    /// As text or JSON, and as a page where one is wanted.
    static func show(_ report: TrialReport, report folder: String?, json: Bool) throws {
        if let folder { _ = try ReportFiles(folder: URL(filePath: folder)).write(report) }
        if json { return try JSONLine.print(report.results) }
        print(report.text)
    }
}
