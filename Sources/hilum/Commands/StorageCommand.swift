import ArgumentParser

struct StorageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "See what takes space in the store and what of it may go; check the store, and mend it.",
        subcommands: [StorageShowCommand.self, StorageCheckCommand.self, StorageCompactCommand.self],
        defaultSubcommand: StorageShowCommand.self)
}
