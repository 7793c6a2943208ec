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

    public let network: Network
    private let engine: any Running

    /// - Parameters:
    ///   - weights: kept as long as this, and packed when a size of input is first seen.
    ///   - threads: at least 1 is used.
    /// - Throws: ``NeuralNetworkError/library(problem:)`` without OpenBLAS, where that is asked for.
    public init(_ weights: NetworkWeights, threads: Int, engine: Engine = .cells) throws {
        network = weights.network
        self.engine =
            switch engine {
            case .cells: CellEngine(weights, threads: threads)
            case .openBLAS: try ColumnsEngine(weights, threads: threads)
            }
    }

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
}

/// An engine made for one network.
protocol Running: Sendable {
    /// - Parameter input: images × channels × rows × columns, the channels being the network's.
    func run(_ input: Tensor) throws -> [String: Tensor]
}

extension CellEngine: Running {}
extension ColumnsEngine: Running {}
