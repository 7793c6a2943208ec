import Foundation
import Learning
import Synchronization

/// What a run says: a bar and a line for each validation on a terminal, a line every few steps elsewhere, or JSON.
final class TrainReporter: Sendable {
    private let json: Bool
    private let output: FileHandle
    private let bar = Mutex<ProgressBar?>(nil)

    /// - Parameter output: of lines that are not JSON.
    init(json: Bool, output: FileHandle = .standardOutput) { (self.json, self.output) = (json, output) }

    private struct Line: Encodable {
        var event: String
        var step: Int?
        var steps: Int?
        var seconds: Double?
        var side: Int?
        var loss: Float?
        var rate: Float?
        var imagesPerSecond: Double?
        var secondsLeft: Double?
        var validation: ValidationResult?
        var isBest: Bool?
        var message: String?
        var weights: String?
    }

    func preparation(_ step: PreparationStep) {
        switch step {
        case .began(let label, let total): bar.withLock { $0 = ProgressBar(label, total: total) }
        case .advanced: bar.withLock { $0 }?.advance()
        case .ended: bar.withLock { $0 }?.finish()
        }
    }

    func say(_ sentence: String) { line(Line(event: "message", message: sentence), sentence) }

    func report(_ event: TrainingEvent) {
        switch event {
        case .began(let step, let steps):
            bar.withLock { $0 = ProgressBar("train", total: steps) }
            let sentence = step == 0 ? "\(steps) steps" : "going on after step \(step) of \(steps)"
            line(Line(event: "began", step: step, steps: steps), sentence)
        case .recalibrated(let images): say("statistics taken anew over \(images) images")
        case .progressed(let progress): report(progress)
        case .validated(let step, let result, let isBest):
            line(
                Line(event: "validation", step: step, validation: result, isBest: isBest),
                "step \(step)  validation  \(Self.words(result))\(isBest ? "  (best)" : "")")
        case .replanned(let step, let steps):
            line(Line(event: "replanned", step: step, steps: steps), "\(steps) steps fit into the time that is left")
        case .keptCheckpoint(let step):
            if json { line(Line(event: "checkpoint", step: step), "") }
        case .stoppedEarly(let step):
            line(Line(event: "stopped", step: step), "validations have not become better; stopped after step \(step)")
        }
    }

    private func report(_ progress: TrainingProgress) {
        let left = progress.secondsLeft.map { "  \(Self.duration($0)) left" } ?? ""
        let note =
            "loss \(Self.number(Double(progress.loss), 4))  rate \(Self.number(Double(progress.rate), 5))  "
            + "\(Self.number(progress.imagesPerSecond, 1)) images/s\(left)"
        let bar = bar.withLock { $0 }
        if !json, let bar, bar.visible {
            bar.show(progress.step, of: progress.steps, note: note)
            return
        }
        line(
            Line(
                event: "step", step: progress.step, steps: progress.steps, seconds: progress.seconds,
                side: progress.side, loss: progress.loss, rate: progress.rate,
                imagesPerSecond: progress.imagesPerSecond, secondsLeft: progress.secondsLeft),
            "step \(progress.step)/\(progress.steps)  side \(progress.side)  \(note)")
    }

    func finish(_ outcome: TrainingOutcome, folder: WorkFolder) {
        switch outcome {
        case .interrupted(let step):
            line(
                Line(event: "interrupted", step: step),
                "stopped after step \(step), checkpoint in \(folder.url.path); the same command goes on from there")
        case .finished(_, nil): say("trained, weights in \(folder.last.path)")
        case .finished(let best, let result?):
            line(
                Line(event: "finished", step: best, validation: result, weights: folder.best.path),
                "best weights, of step \(best): \(folder.best.path)\nvalidated as inference does it: \(Self.words(result))"
            )
        }
    }

    /// Standard output may be a pipe that nobody reads any more; a run does not end for that.
    private func line(_ line: Line, _ text: String) {
        bar.withLock { $0 }?.finish()
        if json {
            try? JSONLine.print(line)
        } else {
            try? output.write(contentsOf: Data((text + "\n").utf8))
        }
    }

    private static func words(_ result: ValidationResult) -> String {
        var parts = ["loss \(number(result.loss, 4))", "accuracy \(number(result.accuracy, 4))"]
        if let value = result.macroF1 { parts.append("macro F1 \(number(value, 4))") }
        if let right = result.iouRight, let left = result.iouLeft {
            parts.append("IoU right \(number(right, 4)), left \(number(left, 4))")
        }
        return parts.joined(separator: "  ")
    }

    private static func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private static func duration(_ seconds: Double) -> String {
        let minutes = Int((seconds / 60).rounded(.up))
        return minutes < 90 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
