import ArgumentParser
import Foundation

@main
struct Hilum: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hilum",
        abstract: "A DICOM node that reads chest images and answers with a report. Research use, not a diagnosis.",
        version: hilumVersion,
        subcommands: [
            ServeCommand.self, WorkerCommand.self, QueueCommand.self, StorageCommand.self, AnalyzeCommand.self,
            SendCommand.self, EchoCommand.self, ConvertCommand.self, DecodeCommand.self, TextureCommand.self,
            BundleCommand.self, TrainCommand.self, EvaluateCommand.self, ConfigCommand.self, BenchCommand.self,
            DoctorCommand.self, BackupCommand.self, RestoreCommand.self,
        ])

    /// Parses and runs; every error becomes one sentence on standard error and the exit code that fits it.
    static func main() async {
        // Nothing that is written is for everybody to read: it is about patients.
        umask(umask(0) | 0o007)
        do {
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            Exit.end(with: error)
        }
    }
}
