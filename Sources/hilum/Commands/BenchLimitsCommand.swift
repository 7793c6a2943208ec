import ArgumentParser
import Foundation
import NeuralNetworks

/// `hilum bench limits`: the roofs of this machine, for every other figure to be held against.
struct BenchLimitsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "limits", abstract: "Measure what the machine can do at most: products and memory.")

    @Option(help: "Threads.")
    var threads = 2

    @Flag(help: "Print one JSON object.")
    var json = false

    func validate() throws {
        guard (1...1024).contains(threads) else { throw ValidationError("--threads must lie in 1...1024") }
    }

    func run() async throws {
        let limits = MachineLimits.measure(threads: threads)
        if json { return try JSONLine.print(limits) }
        print("\(limits.kernels), 1 and \(limits.threads) threads")
        let rows: [(String, MachineLimits.Rate?, String)] = [
            ("f32", limits.f32, "GFLOP/s"), ("bf16", limits.bf16, "GFLOP/s"), ("bytes", limits.bytes, "GOP/s"),
            ("read", limits.read, "GB/s"), ("triad", limits.triad, "GB/s"),
        ]
        for (name, rate, unit) in rows {
            let figures = rate.map { String(format: "%9.1f %9.1f ", $0.oneThread, $0.allThreads) + unit }
            print(name.padding(toLength: 6, withPad: " ", startingAt: 0) + (figures ?? "     none"))
        }
    }
}
