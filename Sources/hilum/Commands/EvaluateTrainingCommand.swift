import ArgumentParser
import Foundation
import Learning

/// `hilum evaluate training`: the page of a run's history.
struct EvaluateTrainingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "training",
        abstract: "Draw loss and validation of a training run against its steps.")

    @Argument(help: "The history file that hilum train writes.")
    var history: String

    @Option(help: "What the page is called.")
    var title = "Training"

    @Option(name: .shortAndLong, help: "The folder for the page and its pictures.")
    var output: String

    func run() async throws {
        let report = TrainingReport(
            try TrainingHistory(contentsOf: URL(filePath: history)), title: title,
            subtitle: URL(filePath: history).standardizedFileURL.path)
        print(try ReportFiles(folder: URL(filePath: output)).write(report))
    }
}
