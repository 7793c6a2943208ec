import ArgumentParser
import Diagnosis
import Foundation
import NeuralNetworks

/// `hilum doctor`: whether this machine has what Hilum needs, and what to do where it hasn't.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check libraries, disk and bundle, and say what to fix.")

    @Option(help: "The folder that studies are kept in.")
    var data = "./hilum-data"

    @Flag(help: "Print one JSON object.")
    var json = false

    struct Check: Codable {
        var name: String
        var ok: Bool
        var says: String
    }

    func run() async throws {
        let checks = [Self.library(), Self.processor(), Self.disk(data), Self.bundle()]
        if json {
            try JSONLine.print(checks)
        } else {
            for check in checks { print("\(check.ok ? "ok  " : "FAIL") \(check.name): \(check.says)") }
        }
        if checks.contains(where: { !$0.ok }) { throw Exit.failed }
    }

    /// Slower than any core with the right kernels, faster than all with the wrong ones.
    private static let expectedGigaflops = 25.0

    private static func library() -> Check {
        do {
            let report = try BLAS.load().report()
            let figures = "\(report.core) kernels, \(Int(report.gigaflops.rounded())) GFLOP/s on one core"
            guard report.gigaflops >= expectedGigaflops else {
                return Check(
                    name: "OpenBLAS", ok: false,
                    says: "\(figures), which is slow: the processor is busy, or OpenBLAS chose kernels for another "
                        + "(asked for \(report.requestedCore)); \(report.config)")
            }
            return Check(name: "OpenBLAS", ok: true, says: "\(figures); \(report.config)")
        } catch {
            return Check(name: "OpenBLAS", ok: false, says: "\(error)")
        }
    }

    private static func processor() -> Check {
        let count = ProcessInfo.processInfo.activeProcessorCount
        let gigabytes = Double(ProcessInfo.processInfo.physicalMemory) / 1e9
        return Check(
            name: "machine", ok: gigabytes >= 2,
            says: String(format: "%d processors, %.1f GB of memory", count, gigabytes)
                + (gigabytes >= 2 ? "" : "; the networks want 2 GB"))
    }

    private static func disk(_ folder: String) -> Check {
        var place = URL(filePath: folder).standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" { place.deleteLastPathComponent() }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place.path)
        let free = (attributes?[.systemFreeSize] as? NSNumber)?.doubleValue ?? 0
        let writable = FileManager.default.isWritableFile(atPath: place.path)
        let text = String(format: "%.1f GB free at %@", free / 1e9, place.path)
        if !writable { return Check(name: "disk", ok: false, says: "\(text), but it cannot be written to") }
        return Check(
            name: "disk", ok: free > 5e9, says: free > 5e9 ? text : "\(text); make room, or choose another with --data")
    }

    private static func bundle() -> Check {
        do {
            let bundle = try ModelBundle.load(from: ModelBundle.locateDefault())
            return Check(
                name: "bundle", ok: true,
                says: "\(bundle.identity.name) \(bundle.identity.version) in \(bundle.folder.path), "
                    + "\(bundle.identity.digest.prefix(12))")
        } catch {
            return Check(name: "bundle", ok: false, says: "\(error)")
        }
    }
}
