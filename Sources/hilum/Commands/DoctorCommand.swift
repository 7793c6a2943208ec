import ArgumentParser
import Diagnosis
import Foundation
import Gateway
import GatewayStore
import Imaging
import NeuralNetworks
import Workflow

/// `hilum doctor`: whether node and machine have what they need, and what to do where they haven't.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check machine, bundle, store, certificates and destinations, and say what to fix.",
        discussion: "Changes nothing; the node may run. Exit code 1 where a line is an error.")

    @OptionGroup var source: ConfigurationSource
    @Flag(help: "Print one JSON object a line.")
    var json = false

    func run() async throws {
        let configuration = try source.load()
        var lines = [Self.library(), Self.processor()] + Self.bundle(configuration)
        lines += await Self.recipe(configuration)
        lines += await Doctor(configuration).lines()
        for line in lines {
            if json { try JSONLine.print(line) } else { print(Self.text(line)) }
        }
        if lines.contains(where: { $0.state == .error }) { throw Exit.failed }
    }

    private static func text(_ line: DoctorLine) -> String {
        let state = line.state.rawValue.padding(toLength: 8, withPad: " ", startingAt: 0)
        return "\(state)\(line.name): \(line.says)"
    }

    // MARK: Machine

    /// Slower than any core with the right kernels, faster than all with the wrong ones.
    private static let expectedGigaflops = 25.0

    private static func library() -> DoctorLine {
        do {
            let report = try BLAS.load().report()
            let figures = "\(report.core) kernels, \(Int(report.gigaflops.rounded())) GFLOP/s on one core"
            guard report.gigaflops >= expectedGigaflops else {
                return DoctorLine(
                    "OpenBLAS", .warning,
                    "\(figures), which is slow: the processor is busy, or OpenBLAS chose kernels for another "
                        + "(asked for \(report.requestedCore)); \(report.config)")
            }
            return DoctorLine("OpenBLAS", .ok, "\(figures); \(report.config)")
        } catch {
            return DoctorLine("OpenBLAS", .error, "\(error)")
        }
    }

    private static func processor() -> DoctorLine {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let gigabytes = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        let text = String(format: "%d processors, %.1f GB of memory", count, gigabytes)
        return gigabytes >= 2
            ? DoctorLine("machine", .ok, text) : DoctorLine("machine", .error, "\(text); the networks want 2 GB")
    }

    // MARK: Bundle and workers

    /// Loads it and lets it look at a picture of nothing, of which it must not say that it is anything.
    private static func bundle(_ configuration: GatewayConfiguration) -> [DoctorLine] {
        do {
            let folder = try configuration.analysis.bundle.map { URL(filePath: $0) } ?? ModelBundle.locateDefault()
            let bundle = try ModelBundle.load(from: folder)
            let name = "\(bundle.identity.name) \(bundle.identity.version) in \(folder.path)"
            let ramp = GreyPlane(width: 256, height: 256, pixels: (0..<65_536).map { UInt8($0 & 255) })
            let finding = try Pipeline(bundle: bundle, threads: 1, precision: .f32).analyse(RadiographInput(grey: ramp))
                .finding
            guard finding.outcome == .review else {
                return [
                    DoctorLine(
                        "bundle", .error,
                        "\(name) calls an empty picture \(finding.outcome.key); restore it from where it "
                            + "came")
                ]
            }
            return [DoctorLine("bundle", .ok, "\(name), digest \(bundle.identity.digest.prefix(12)), self-test passed")]
        } catch {
            return [DoctorLine("bundle", .error, "\(error)")]
        }
    }

    /// What workers would make, and whether jobs wait for others.
    private static func recipe(_ configuration: GatewayConfiguration) async -> [DoctorLine] {
        do {
            let recipe = try await WorkerInvocation(configuration).recipe()
            let text = "a worker starts; it computes in \(recipe.precision) with bundle \(recipe.bundle.prefix(12))"
            let folder = URL(filePath: configuration.storage.folder)
            let waiting = (try? Store(folder: folder, role: .reader).waitingRecipes()) ?? []
            guard waiting.contains(where: { $0 != recipe }) else { return [DoctorLine("worker", .ok, text)] }
            return [
                DoctorLine(
                    "worker", .warning,
                    "\(text); jobs wait that were made for another bundle, settings or version: they become new revisions "
                        + "at the next start")
            ]
        } catch {
            return [DoctorLine("worker", .error, "\(error)")]
        }
    }
}
