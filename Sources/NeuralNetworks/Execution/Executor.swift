/// Runs a network.
///
/// The result for an input is the same with any number of threads. Runs of one executor follow each other; plans,
/// packed weights and working memory are kept between them.
public final class Executor: Sendable {
    /// What computes.
    public enum Engine: String, Sendable, Hashable, CaseIterable, Codable {
        /// Kernels of our own on cells of 16 channels.
        case cells
        /// OpenBLAS's matrix products on the columns of each input.
        case openBLAS = "openblas"
    }

    /// Of the weights.
    public let network: Network
    private let engine: any Running

    /// Makes an engine for a network; plans are made with the first input of a size.
    /// - Parameters:
    ///   - weights: kept as long as this, and packed when a size of input is first seen.
    ///   - threads: at least 1 is used.
    ///   - engine: what computes; OpenBLAS is for comparison.
    ///   - precision: of the cells engine; OpenBLAS has f32 alone.
    ///   - calibration: for int8.
    ///   - level: of the cells engine's kernels; one that this processor lacks stands for its best.
    ///   - recordsRanges: keeps the ranges of all layers' outputs over all runs, for ``ranges``; cells in f32 only.
    /// - Throws: ``NeuralNetworkError/calibration(network:problem:)``; ``NeuralNetworkError/library(problem:)`` without
    ///   OpenBLAS, where that is asked for.
    public init(
        _ weights: NetworkWeights, threads: Int, engine: Engine = .cells, precision: Precision = .f32,
        calibration: Calibration? = nil, level: KernelChoice.Level = .best, recordsRanges: Bool = false
    ) throws {
        network = weights.network
        self.engine =
            switch engine {
            case .cells:
                try CellEngine(
                    weights, threads: threads, precision: precision, calibration: calibration, level: level,
                    recordsRanges: recordsRanges)
            case .openBLAS: try ColumnsEngine(weights, threads: threads)
            }
    }

    /// Computes the network's outputs for a batch. A second run at the same time waits for the first.
    /// - Parameter input: images × channels × rows × columns.
    /// - Returns: the network's outputs by name, each images × channels × rows × columns.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)``
    public func run(_ input: Tensor) throws -> [String: Tensor] {
        guard input.shape.count == 4, input.shape[1] == network.inputChannels else {
            throw NeuralNetworkError.input(
                network: network.name,
                problem: "takes images × \(network.inputChannels) channels × rows × columns, not \(input.shape)")
        }
        return try engine.run(input)
    }

    /// Another executor with the same packed weights, for runs at the same time; it has its own memory and threads.
    public init(sharing other: Executor) {
        network = other.network
        engine = other.engine.twin()
    }

    /// The ranges of all layers' outputs over all runs: what int8 is calibrated with.
    public var ranges: Calibration { (engine as? CellEngine)?.ranges ?? Calibration() }

    /// Where the time of a run goes, stage by stage; empty where the engine keeps no account of it.
    /// - Parameters:
    ///   - input: images × channels × rows × columns.
    ///   - rounds: at least 1 is used, after a first one that is not counted.
    /// - Throws: what ``run(_:)`` throws.
    public func profile(_ input: Tensor, rounds: Int) throws -> [LayerTime] {
        _ = try run(input)
        return try (engine as? CellEngine)?.profile(input, rounds: max(1, rounds)) ?? []
    }
}

/// An engine made for one network.
protocol Running: Sendable {
    /// - Parameter input: images × channels × rows × columns, the channels being the network's.
    func run(_ input: Tensor) throws -> [String: Tensor]

    /// An engine with the same weights that can run at the same time.
    func twin() -> Self
}

extension CellEngine: Running {}
extension ColumnsEngine: Running {}
