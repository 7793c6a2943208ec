import ArgumentParser

/// `hilum train`: networks from labelled images (method §3, 5, 8).
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Trains a network; a run that was interrupted goes on where it was.",
        discussion: """
            Everything is kept in --output: checkpoints, history.jsonl (one line for losses and validations each), \
            best.safetensors (the averaged weights of the best validation) and last.safetensors. SIGINT and SIGTERM \
            write a checkpoint; the same command goes on from it, also after a crash.
            """,
        subcommands: [
            TrainSegmentationCommand.self, TrainClassificationCommand.self, TrainCTCommand.self,
            TrainInputCheckCommand.self,
        ])
}
