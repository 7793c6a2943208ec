import ArgumentParser
import DICOMCore
import Diagnosis
import Foundation
import Studies

struct AnalyzeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Analyses chest studies and pictures without a gateway.",
        discussion: """
            DICOM files are grouped into studies; JPEG and PNG files are analysed one by one; other files in a folder \
            are passed over. With --output, reports and pictures are written, and a second run skips what is done. \
            Research use, not a diagnosis.
            """)

    @Argument(help: "DICOM, JPEG and PNG files, and folders of them.", completion: .file())
    var paths: [String]

    @Flag(help: "One JSON object a line for each image or series.")
    var json = false

    @Option(name: .shortAndLong, help: "Folder for reports (DICOM) and pictures.", completion: .directory)
    var output: String?

    @Option(help: "Folder of the model bundle.", completion: .directory)
    var bundle: String?

    @Option(help: "Processor cores to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "What JPEG and PNG files show.")
    var modality = PictureKind.radiograph

    enum PictureKind: String, CaseIterable, ExpressibleByArgument {
        case radiograph, ct
    }

    @Option(help: "Patches of a radiograph: fixed, or random:N as in the paper.")
    var patches = "fixed"

    @Option(help: "Seed of random patches.")
    var seed: UInt64 = 0

    @OptionGroup var precision: PrecisionOption

    @Option(help: "Language of reports: \(AnalysisSettings.languages.joined(separator: ", ")).")
    var language = "en"

    func validate() throws {
        guard !paths.isEmpty else { throw ValidationError("Name at least one file or folder.") }
        guard (1...1024).contains(threads) else { throw ValidationError("--threads is a number from 1 to 1024.") }
        guard AnalysisSettings.languages.contains(language) else {
            throw ValidationError("--language is one of \(AnalysisSettings.languages.joined(separator: ", ")).")
        }
        if let output, paths.contains(where: { Self.place($0) == Self.place(output) }) {
            throw ValidationError("--output is among what is read; name a folder of its own.")
        }
        _ = try patchChoice()
    }

    private static func place(_ path: String) -> String {
        URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
    }

    func run() async throws {
        let roots = paths.map { URL(filePath: $0) }
        let location = try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let bundle = try ModelBundle.load(from: location)
        let analysis = OfflineAnalysis(
            bundle: bundle,
            options: OfflineAnalysis.Options(
                settings: AnalysisSettings(
                    language: language, patches: try patchChoice(), precision: try precision.choice(for: bundle),
                    timeZone: TimeZone.current.identifier),
                pictureKind: modality == .ct ? .ct : .radiograph,
                threads: threads, output: output.map { URL(filePath: $0) }, date: Date(),
                deviceUID: DerivedUID.make(from: "hilum analyze"), softwareVersion: hilumVersion))

        let index = OfflineIndex(roots, leavingOut: output.map { URL(filePath: $0) })
        for broken in index.broken { Exit.complain("\(broken.file.relativePath): \(broken.reason), passed over") }
        for remark in index.passedOver { Exit.complain("\(remark), passed over") }
        var tally = AnalysisTally(index)
        let bar = ProgressBar("analyze", total: index.count)
        try await analysis.run(index, names: OutputNames(roots)) { record in
            tally.count(record)
            // Lines take the bar's place on a terminal.
            bar.finish()
            try show(record)
            bar.advance()
        }
        bar.finish()
        if index.count == 0, tally.broken == 0 {
            Exit.complain("no DICOM, JPEG or PNG files in \(paths.joined(separator: ", ")), name others")
            throw Exit.failed
        }
        if index.count > 1 || !tally.passedOver.isEmpty || tally.doneBefore > 0 {
            for sentence in tally.sentences { Exit.complain(sentence) }
        }
        if tally.broken > 0 { throw index.count == 0 ? Exit.failed : Exit.partlyDone }
    }

    private func patchChoice() throws -> Pipeline.Patches {
        if patches == "fixed" { return .fixed }
        let parts = patches.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, parts[0] == "random", let count = Int(parts[1]), (1...1000).contains(count) else {
            throw ValidationError("--patches is 'fixed' or 'random:N' with N from 1 to 1000, not '\(patches)'.")
        }
        return .random(count: count, seed: seed)
    }

    private func show(_ record: OfflineAnalysis.Record) throws {
        for complaint in record.complaints { Exit.complain(complaint) }
        for line in record.lines {
            if json { try JSONLine.print(line) } else { print(line.text, terminator: "") }
        }
        for note in record.notes {
            if json { Exit.complain(note) } else { print("  \(note)") }
        }
    }
}

extension AnalysisLine {
    /// For people: two lines.
    var text: String {
        let percent = { (share: Double) in "\(Int((share * 100).rounded())) %" }
        let classes = probabilities.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(percent($0.value))" }
        var facts = [triage.map { "triage \($0.rawValue)" } ?? "not triaged"] + reasons.map(\.rawValue) + classes
        if let activationShare { facts.append("activation \(percent(activationShare))") }
        if let agreement { facts.append("agreement \(percent(agreement))") }
        if let lungVolume { facts.append("lung volume \(Int(lungVolume.rounded())) mL") }
        if lungVolumeComplete == false { facts.append("no lung volume, slices are missing") }
        if let involvement { facts.append("dense lung \(percent(involvement))") }
        return "\(path): \(outcome.key)\n  \(facts.joined(separator: ", "))\n"
    }
}
