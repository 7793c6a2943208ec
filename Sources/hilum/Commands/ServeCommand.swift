import ArgumentParser
import DICOMCore
import DIMSE
import Diagnosis
import Foundation
import Gateway
import GatewayAnalysis
import GatewayStore
import Logging
import Operations
import ServiceLifecycle
import Workflow

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive studies, analyse them, send reports. Runs without a configuration too.",
        discussion: """
            SIGTERM drains and ends; SIGHUP reads destinations, peers, AE titles, retention and the limits of associations \
            and PDUs again.
            """)

    @OptionGroup var source: ConfigurationSource
    @Option(help: "Port to listen on, instead of the configuration's; 0: any that is free.")
    var port: Int?
    @Option(help: "AE title that we answer to, instead of the configuration's.")
    var aeTitle: String?
    @Option(help: "Folder of the model bundle, instead of the configuration's.")
    var bundle: String?
    @Option(help: "Worker processes, instead of the configuration's.")
    var workers: Int?
    @OptionGroup var log: LogOptions

    func run() async throws {
        SignalMask.clear()
        CrashReport.leaveOut()
        let manager = ServiceManager.take()
        let configuration = try resolved()
        LogOptions.begin(configuration.logFormat, level: configuration.logLevel)
        // A worker that died between two looks must not take the gateway with it.
        signal(SIGPIPE, SIG_IGN)
        // Some tools that rotate logs send it to any service.
        signal(SIGUSR1, SIG_IGN)
        let worker = WorkerInvocation(configuration)
        let folder = try configuration.analysis.bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
        let files = FolderState(of: folder)
        let recipe = try await worker.recipe()
        let store = try Store(folder: URL(filePath: configuration.storage.folder), role: .gateway)
        let logger = Logger(label: "hilum")
        let instruments = try Instruments(configuration, store: store, recipe: recipe, logger: logger)
        let watch = BundleWatch(
            folder: folder, former: files, recipe: recipe, status: instruments.status, logger: logger
        ) { try await worker.recipe() }
        let node = GatewayNode(
            configuration, store: store, recipe: recipe, launcher: worker.launcher(recipe, node: store.node),
            bundle: watch, transcoder: Uncompressing.transcode, status: instruments.status,
            metrics: instruments.metrics, logger: logger,
            identify: { try? StudyIdentification(contentsOf: $0) })
        let title = configuration.node.titles[0]
        try await node.run(manager: manager, beside: instruments.services, reload: resolved) { ports in
            let places = zip(configuration.ports, ports).map { place, port in
                "\(place.host) port \(port)\(place.tls == nil ? "" : " (TLS)")"
            }
            let status = "listening on \(places.joined(separator: ", ")) as \(title)"
            try? FileHandle.standardOutput.write(contentsOf: Data("hilum: \(status)\n".utf8))
            manager?.ready(status)
            instruments.logStart(ports: ports)
        }
    }

    private func resolved() throws -> GatewayConfiguration {
        var configuration = try source.load()
        if let port {
            guard (0...65535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
            configuration.node.port = port
        }
        if let aeTitle {
            guard let title = AETitle(aeTitle) else {
                throw ValidationError("--ae-title '\(aeTitle)' is no AE title: 1 to 16 ASCII characters, no backslash")
            }
            configuration.node.titles = [title]
        }
        if let bundle { configuration.analysis.bundle = bundle }
        log.apply(to: &configuration)
        if let workers {
            guard (0...256).contains(workers) else { throw ValidationError("--workers must be from 0 to 256") }
            configuration.analysis.workers = workers
        }
        return configuration
    }
}

/// Where a command's configuration comes from: a file, or the embedded default, with its storage folder replaced where
/// asked.
struct ConfigurationSource: ParsableArguments {
    @Option(name: .customLong("config"), help: "Configuration file (YAML).")
    var file: String?
    @Option(help: "Folder of spool and database, instead of the configuration's.")
    var storage: String?

    func load() throws -> GatewayConfiguration {
        var configuration = try file.map(GatewayConfiguration.init(file:)) ?? GatewayConfiguration()
        if let storage { configuration.storage.folder = storage }
        return configuration
    }
}

/// How `serve` starts `hilum worker`.
struct WorkerInvocation {
    private let executable: URL
    private let arguments: [String]
    /// As configured; `auto` too.
    private let precision: String?

    init(_ configuration: GatewayConfiguration) {
        executable = Self.thisProgram
        let analysis = configuration.analysis
        var arguments = [
            "worker", "--storage", configuration.storage.folder, "--threads", "\(analysis.threads)", "--language",
            analysis.language, "--memory", "\(analysis.limits.memory)", "--job-seconds", "\(analysis.limits.seconds)",
            "--open-files", "\(analysis.limits.openFiles)", "--log-level", configuration.logLevel,
            "--log-format", configuration.logFormat.rawValue,
        ]
        if let bundle = analysis.bundle { arguments += ["--bundle", bundle] }
        if let zone = analysis.timeZone { arguments += ["--time-zone", zone] }
        self.arguments = arguments
        precision = analysis.precision
    }

    private static var thisProgram: URL {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: link ?? CommandLine.arguments[0])
    }

    /// Every worker computes in the numbers that the first one chose.
    func launcher(_ recipe: Recipe, node: String) -> ProcessLauncher {
        let arguments = arguments + ["--precision", recipe.precision, "--node", node, "--supervised"]
        return ProcessLauncher(executable: executable) { name in arguments + ["--name", name] }
    }

    /// Asks a worker what decides about its results, which proves at the start that it can run.
    func recipe() async throws -> Recipe {
        let process = Process()
        let output = Pipe()
        process.executableURL = executable
        process.arguments = arguments + (precision.map { ["--precision", $0] } ?? []) + ["--describe"]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        do {
            try process.run()
        } catch {
            throw GatewayError.workerNotStarted(executable, error)
        }
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let recipe = try? JSONDecoder().decode(Recipe.self, from: said)
        else {
            throw GatewayError.worker("no worker can run with this bundle; its own words stand above")
        }
        return recipe
    }
}
