import ArgumentParser
import DICOM
import Diagnosis
import Foundation
import Gateway
import GatewayAnalysis
import GatewayStore
import Logging
import Operations
import Studies
import Workflow

struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Analyse studies that wait in a store, one at a time, under limits. `serve` starts workers itself.")

    @OptionGroup var precision: PrecisionOption

    @Option(help: "Folder of spool and database.")
    var storage = "./hilum-data"
    @Option(help: "Folder of the model bundle; the one that comes with Hilum if not named.")
    var bundle: String?
    @Option(help: "Threads of the networks; 0: as many as there are processors.")
    var threads = 0
    @Option(help: "Language of the reports (RFC 5646).")
    var language = "en"
    @Option(help: "Zone of the results' times, as Europe/Berlin; this machine's if not named.")
    var timeZone: String?
    @Option(help: "Bytes of address space.")
    var memory = WorkerLimits().memory
    @Option(help: "Seconds of processor time for one job.")
    var jobSeconds = WorkerLimits().seconds
    @Option(help: "Files open at a time.")
    var openFiles = WorkerLimits().openFiles
    @Option(help: "Name under which claims are written down.")
    var name = "worker-\(ProcessInfo.processInfo.processIdentifier)-\(UInt32.random(in: .min ... .max))"
    @OptionGroup var log: LogOptions
    @Option(help: "Node that answers for this worker: its gateway's; a worker started by hand is a node of its own.")
    var node: String?
    @Flag(help: "Take orders from standard input and end when it does.")
    var supervised = false
    @Flag(help: "Print what decides about results beside the images, and end.")
    var describe = false

    func run() throws {
        SignalMask.clear()
        CrashReport.leaveOut()
        signal(SIGPIPE, SIG_IGN)
        LogOptions.begin(log.logFormat ?? .text, level: log.logLevel ?? "info")
        // A terminal's Ctrl-C is for the gateway, which then tells its workers.
        if supervised { signal(SIGINT, SIG_IGN) }
        let limits = WorkerLimits(memory: memory, seconds: jobSeconds, openFiles: openFiles)
        try limits.applyToThisProcess()
        let analyst = try makeAnalyst()
        if describe { return try JSONLine.print(analyst.recipe) }
        let store = try Store(folder: URL(filePath: storage), role: .guest)
        let loop = WorkerLoop(
            store: store, analyst: analyst, comparer: ContentComparer(),
            owner: Owner(node: node ?? name, worker: name), logger: Logger(label: "hilum"),
            damage: { CodecInvariants.failed.map { "a codec broke its own invariant (\($0))" } })
        try WorkerSession(loop: loop, limits: limits, isSupervised: supervised).run { word in
            // Who listened may be gone; the work at hand is finished all the same.
            try? FileHandle.standardOutput.write(contentsOf: Data("\(word.line)\n".utf8))
        }
        try store.close()
    }

    private func zone() throws -> TimeZone {
        guard let timeZone else { return .current }
        guard let zone = TimeZone(identifier: timeZone) else {
            throw ValidationError("--time-zone is a name of the tz database, as Europe/Berlin, not \(timeZone).")
        }
        return zone
    }

    private func makeAnalyst() throws -> StudiesAnalyst {
        let folder = try bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let bundle = try ModelBundle.load(from: folder)
        // As chosen, so that every worker that computes alike has the same settings.
        let chosen = try precision.choice(for: bundle) ?? bundle.configuration.radiograph?.precision
        let settings = StudiesAnalyst.settings(language: language, precision: chosen, timeZone: try zone())
        let analyzer = try StudyAnalyzer(
            bundle: bundle, settings: settings,
            threads: threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount)
        return StudiesAnalyst(analyzer: analyzer, softwareVersion: hilumVersion)
    }
}
