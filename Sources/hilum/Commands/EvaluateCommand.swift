import ArgumentParser
import Diagnosis
import Foundation
import Learning

/// `hilum evaluate`: how well a bundle reads labelled images.
struct EvaluateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Judge a bundle by labelled images.",
        subcommands: [
            EvaluateClassesCommand.self, EvaluateCTCommand.self, EvaluateLungsCommand.self, EvaluateSourceCommand.self,
            EvaluateInputCommand.self, EvaluateLeftOutCommand.self, EvaluateTransferCommand.self,
            EvaluateTrainingCommand.self,
        ])
}

/// Which images, and by which bundle.
struct EvaluateOptions: ParsableArguments {
    @Option(help: "A CSV file with the columns path, class, source and split; paths are relative to its folder.")
    var manifest: String

    @Option(help: "The split to take images from.")
    var split = "val"

    @Option(help: "Only images of this source; can be given several times.")
    var source: [String] = []

    @Option(help: "The bundle's folder; without it, the one that analyses use.")
    var bundle: String?

    @Option(help: "At most so many images, evenly spread over the manifest.")
    var limit: Int?

    @Option(help: "Threads of the networks.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "How often the bootstrap draws for intervals.")
    var resamples = 1000

    @Option(
        name: .shortAndLong, help: "Keep single results in this folder; a second run goes on where one was interrupted."
    )
    var output: String?

    @Option(help: "Write a page to read and to print into this folder, with its pictures.")
    var report: String?

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
        guard (0...100_000).contains(resamples) else { throw ValidationError("--resamples must lie in 0...100000") }
    }

    func rows(composition: ImageChoice.Composition? = nil) throws -> [LabelledManifest.Row] {
        let choice = ImageChoice(split: split, sources: Set(source), composition: composition, limit: limit)
        return try choice.rows(of: LabelledManifest(contentsOf: URL(filePath: manifest)))
    }

    /// What a report's page says below its title.
    func subtitle(_ bundle: ModelBundle) -> String {
        let sources = source.isEmpty ? "" : ", sources \(source.joined(separator: ", "))"
        return "\(bundle.identity.name) \(bundle.identity.version), SHA-256 \(bundle.identity.digest.prefix(12)); "
            + "\(manifest), split \(split)\(sources)"
    }

    /// Nil where no report is wanted.
    func reportFiles() throws -> ReportFiles? { try report.map { try ReportFiles(folder: URL(filePath: $0)) } }

    func loadBundle() throws -> ModelBundle {
        try ModelBundle.load(from: bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault())
    }
}

/// Results of single images, kept in a file where a folder is named.
struct EvaluatedImages<Result: Codable & Sendable> {
    /// What a file of results belongs to.
    struct Heading: Codable, Hashable, Sendable {
        var bundle: BundleIdentity
        var manifest: String
        /// Of the manifest, whose labels stand in the results.
        var manifestDigest: String
        var test: String
        /// Of the results' own form; another means that they cannot be mixed.
        var form = 2

        init(_ options: EvaluateOptions, _ bundle: ModelBundle, test: String) throws {
            self.bundle = bundle.identity
            manifest = options.manifest
            manifestDigest = try fingerprint(of: URL(filePath: options.manifest))
            self.test = test
        }
    }

    let options: EvaluateOptions
    let heading: Heading
    /// `classes`, `lungs`, …: the file's name.
    let label: String
    let path: (Result) -> String

    /// One result for each row, in the rows' order; those that the file holds are not made again.
    func results(_ rows: [LabelledManifest.Row], make: (LabelledManifest.Row) throws -> Result) throws -> [Result] {
        let file = try options.output.map {
            try ImageResultFile<Heading, Result>(
                URL(filePath: $0).appending(path: label + ".jsonl"), heading: heading)
        }
        var held = Dictionary((file?.results ?? []).map { (path($0), $0) }, uniquingKeysWith: { $1 })
        let progress = ProgressBar("evaluate", total: rows.count)
        defer { progress.finish() }
        for row in rows {
            if held[row.path] == nil {
                let result = try make(row)
                try file?.append(result)
                held[row.path] = result
            }
            progress.advance()
        }
        return rows.compactMap { held[$0.path] }
    }
}
