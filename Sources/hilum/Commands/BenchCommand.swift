import ArgumentParser

struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times Hilum's own parts; `make bench` sets peers beside them.",
        subcommands: [
            BenchInferenceCommand.self, BenchTrainingCommand.self, BenchImagingCommand.self, BenchTextureCommand.self,
            BenchLimitsCommand.self,
        ])
}
