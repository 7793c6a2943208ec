import ArgumentParser
import Foundation
import Gateway

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check and show configurations.",
        subcommands: [Check.self, Show.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether `serve` would take a configuration; a problem is named with file, line and key.")

        @Argument(help: "Configuration file (YAML).")
        var file: String
        @Flag(help: "For machines: one object.")
        var json = false

        private struct Verdict: Encodable {
            var file: String
            var valid: Bool
            var problem: String?
        }

        func run() throws {
            do {
                try GatewayConfiguration(file: file).checkMachine(file: file)
                if json { return try JSONLine.print(Verdict(file: file, valid: true)) }
                print("\(file): good")
            } catch  where json {
                try JSONLine.print(Verdict(file: file, valid: false, problem: "\(error)"))
                throw Exit.failed
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the configuration in force as YAML, every key with its value.")

        @Argument(help: "Configuration file (YAML), as --config.")
        var file: String?
        @OptionGroup var source: ConfigurationSource

        func run() throws {
            var source = source
            source.file = file ?? source.file
            print(try source.load().yaml, terminator: "")
        }
    }
}
