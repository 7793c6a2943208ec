import ArgumentParser
import Diagnosis
import Foundation
import Texture

/// `hilum bundle`: what decides findings.
struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle",
        abstract: "Show or check a model bundle.",
        subcommands: [
            Show.self, Check.self, BundleCalibrateCommand.self, BundleFitCommand.self, BundleImportCommand.self,
            BundlePackCommand.self,
        ])

    struct Place: ParsableArguments {
        @Argument(help: "The bundle's folder; without it, the one that analyses use.")
        var path: String?

        func load() throws -> ModelBundle {
            try ModelBundle.load(from: path.map { URL(filePath: $0) } ?? ModelBundle.locateDefault())
        }
    }

    /// What `--json` prints.
    struct Summary: Codable {
        var path: String
        var identity: BundleIdentity
        var configuration: BundleConfiguration
        var profiles: [String]

        init(_ bundle: ModelBundle) {
            path = bundle.folder.path
            identity = bundle.identity
            configuration = bundle.configuration
            profiles = bundle.profiles.map(\.name)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a bundle's identity, constants and model card.")

        @OptionGroup var place: Place

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let bundle = try place.load()
            if json { return try JSONLine.print(Summary(bundle)) }
            print(BundleCommand.headline(bundle))
            print("")
            print(try String(contentsOf: bundle.folder.appending(path: "bundle.yaml"), encoding: .utf8))
            print(bundle.modelCard)
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load a bundle strictly: keys, limits, shapes and values of weights.")

        @OptionGroup var place: Place

        @Flag(help: "Print one JSON object.")
        var json = false

        func run() async throws {
            let bundle = try place.load()
            if json { return try JSONLine.print(Summary(bundle)) }
            print(BundleCommand.headline(bundle))
        }
    }

    static func headline(_ bundle: ModelBundle) -> String {
        func names(_ kind: ImageKind) -> String {
            let classes = bundle.classes(for: kind).map(\.rawValue)
            return classes.isEmpty ? "none" : classes.joined(separator: ", ")
        }
        return """
            \(bundle.identity.name) \(bundle.identity.version) in \(bundle.folder.path)
            SHA-256 \(bundle.identity.digest)
            radiographs: \(names(.radiograph)); CT: \(names(.ct))
            """
    }
}
