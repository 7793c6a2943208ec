public import ArgumentParser
import Diagnosis
import Foundation
public import NeuralNetworks

/// `hilum bench inference`: milliseconds per image of both networks, with what multiplies the matrices.
struct BenchInferenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inference", abstract: "Time the networks: milliseconds per image, the median of several runs.")

    @Option(help: "resnet101 or fc-densenet103; both without it.")
    var network: String?

    @Option(help: "Rows and columns of the input.")
    var side = 224

    @Option(help: "Images in one run.")
    var batch = 1

    @Option(help: "Threads.")
    var threads = 2

    @Option(help: "Runs after a first one that is not counted.")
    var rounds = 7

    @Option(help: "cells (our kernels) or openblas (its products on columns).")
    var engine = Executor.Engine.cells

    @Option(help: "f32, bf16 or int8 (calibrated on the made input).")
    var precision = Precision.f32

    @OptionGroup var kernels: KernelLevelOption

    @Flag(help: "Print where the time goes, layer by layer: the median of the rounds.")
    var layers = false

    @Flag(help: "Print one JSON object a network.")
    var json = false

    struct Line: Codable {
        var network: String
        var side: Int
        var batch: Int
        var threads: Int
        var engine: Executor.Engine
        var precision: Precision
        var level: KernelChoice.Level
        /// Of each round, per image, in the order of the rounds.
        var milliseconds: [Double]
        var medianMilliseconds: Double
        var leastMilliseconds: Double
        /// Medians of the first and of the last tenth of the rounds: the same where runs do not slow down.
        var earlyMilliseconds: Double
        var lateMilliseconds: Double
        /// The most memory that this process has held so far, loading of the bundle included.
        var peakResidentMegabytes: Double
        var blas: BLAS.Report

        /// - Precondition: at least one round.
        init(_ command: BenchInferenceCommand, network: String, milliseconds: [Double], blas: BLAS.Report) {
            let tenth = (milliseconds.count + 9) / 10
            self.network = network
            (side, batch, threads) = (command.side, command.batch, command.threads)
            (engine, precision, level) = (command.engine, command.precision, command.kernels.level)
            self.milliseconds = milliseconds
            medianMilliseconds = Self.median(milliseconds)
            leastMilliseconds = milliseconds.min()!
            earlyMilliseconds = Self.median(milliseconds.prefix(tenth))
            lateMilliseconds = Self.median(milliseconds.suffix(tenth))
            peakResidentMegabytes = PeakMemory.megabytes
            self.blas = blas
        }

        private static func median(_ values: some Collection<Double>) -> Double { values.sorted()[values.count / 2] }
    }

    func validate() throws {
        if let network, !["resnet101", "fc-densenet103"].contains(network) {
            throw ValidationError("--network is resnet101 or fc-densenet103, not \(network)")
        }
        guard side > 0, batch > 0, threads > 0, rounds > 0 else {
            throw ValidationError("--side, --batch, --threads and --rounds are at least 1")
        }
    }

    func run() async throws {
        let bundle = try ModelBundle.load(from: ModelBundle.locateDefault())
        let report = try BLAS.load().report()
        let networks = [("resnet101", bundle.classification), ("fc-densenet103", bundle.segmentation)]
        for (name, weights) in networks where network == nil || network == name {
            guard let weights else { continue }
            let executor = try executor(weights)
            if layers {
                try printLayers(executor)
                continue
            }
            let line = Line(self, network: name, milliseconds: try time(executor), blas: report)
            if json { try JSONLine.print(line) } else { print(text(line)) }
        }
    }

    private func executor(_ weights: NetworkWeights) throws -> Executor {
        var calibration: Calibration?
        if precision == .int8 {
            let observed = try Executor(weights, threads: threads, level: kernels.level, recordsRanges: true)
            _ = try observed.run(input(weights.network))
            calibration = observed.ranges
        }
        return try Executor(
            weights, threads: threads, engine: engine, precision: precision, calibration: calibration,
            level: kernels.level)
    }

    /// Values between -1 and 1 without a pattern.
    private func input(_ network: Network) -> Tensor {
        let channels = network.inputChannels
        var values = [Float](repeating: 0, count: batch * channels * side * side)
        for index in values.indices { values[index] = Float((index &* 2_654_435_761) & 0xFFFF) / 32768 - 1 }
        return Tensor(shape: [batch, channels, side, side], values: values)
    }

    private func printLayers(_ executor: Executor) throws {
        let layers = try executor.profile(input(executor.network), rounds: rounds)
        for layer in layers {
            if json {
                try JSONLine.print(layer)
            } else {
                let speed = Double(layer.multiplyAdds) * 2 / layer.seconds / 1e9
                print(
                    layer.layer.padding(toLength: 28, withPad: " ", startingAt: 0)
                        + layer.method.padding(toLength: 12, withPad: " ", startingAt: 0)
                        + String(format: "%9.1f µs %8.1f GFLOP/s", layer.seconds * 1e6, speed))
            }
        }
    }

    /// Milliseconds per image of each round.
    private func time(_ executor: Executor) throws -> [Double] {
        let input = input(executor.network)
        _ = try executor.run(input)
        return try (0..<rounds).map { _ in
            let start = DispatchTime.now().uptimeNanoseconds
            _ = try executor.run(input)
            return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6 / Double(batch)
        }
    }

    private func text(_ line: Line) -> String {
        let figures = String(format: "%.1f ms an image (best %.1f)", line.medianMilliseconds, line.leastMilliseconds)
        let memory = String(format: "%.0f MB at most", line.peakResidentMegabytes)
        let blas = String(format: "OpenBLAS %@, %.0f GFLOP/s a core", line.blas.core, line.blas.gigaflops)
        return "\(line.network) \(side)² batch \(batch) threads \(threads): \(figures); \(memory); \(blas)"
    }
}

extension Executor.Engine: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
