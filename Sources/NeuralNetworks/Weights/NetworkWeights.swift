/// The tensors of one network, each with the name and shape that the network wants, all values finite. They stay in
/// their file until they are asked for: an engine packs them into an order of its own.
public struct NetworkWeights: Sendable {
    /// Whose tensors these are.
    public let network: Network
    private let source: Source

    private enum Source: Sendable {
        case file(WeightsFile)
        case tensors([String: Tensor])
    }

    /// Takes from the file what the network wants, and accepts nothing else but batch normalisation's counters.
    /// - Throws: ``NeuralNetworkError/weightsDiffer(path:network:problem:)`` for a missing, unknown or misshapen tensor;
    ///   ``NeuralNetworkError/weightsFile(path:problem:)`` for values that are not finite.
    public init(_ network: Network, from file: WeightsFile) throws {
        func differ(_ problem: String) -> NeuralNetworkError {
            .weightsDiffer(path: file.path, network: network.name, problem: problem)
        }
        let wanted = network.parameters
        for parameter in wanted {
            guard let shape = file.shape(of: parameter.name) else {
                throw differ("tensor \(parameter.name) is missing")
            }
            guard shape == parameter.shape else {
                throw differ("tensor \(parameter.name) has the shape \(shape) instead of \(parameter.shape)")
            }
            // Read once to see that it can be.
            _ = try file.tensor(parameter.name)
        }
        let names = Set(wanted.map(\.name))
        let unknown = file.names.first { !names.contains($0) && !$0.hasSuffix(".num_batches_tracked") }
        if let unknown { throw differ("tensor \(unknown) is unknown") }
        self.network = network
        source = .file(file)
    }

    /// Weights made in memory, for tests and training.
    /// - Precondition: exactly the network's parameters.
    public init(_ network: Network, tensors: [String: Tensor]) {
        precondition(Set(tensors.keys) == Set(network.parameters.map(\.name)))
        precondition(network.parameters.allSatisfy { tensors[$0.name]?.shape == $0.shape })
        self.network = network
        source = .tensors(tensors)
    }

    /// One tensor, read from the file each time.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when the file was changed since.
    /// - Precondition: `name` is one of the network's parameters.
    public func tensor(_ name: String) throws -> Tensor {
        switch source {
        case .file(let file): return try file.tensor(name)
        case .tensors(let tensors):
            guard let tensor = tensors[name] else { preconditionFailure("\(network.name) has no parameter \(name)") }
            return tensor
        }
    }
}
