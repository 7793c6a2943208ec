import ArgumentParser

struct StorageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "See what takes space in the store, and what of it may go.",
        subcommands: [StorageShowCommand.self, StorageCompactCommand.self],
        defaultSubcommand: StorageShowCommand.self)
}
