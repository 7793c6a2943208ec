/// A network's tensors as a value that can be changed: what training starts from and ends with.
public struct Parameters: Sendable, Equatable {
    /// Whose tensors these are.
    public let network: Network
    /// By name, with PyTorch's shapes: exactly the network's parameters.
    public private(set) var tensors: [String: Tensor]

    /// Tensors made in memory.
    /// - Precondition: exactly the network's parameters.
    public init(_ network: Network, tensors: [String: Tensor]) {
        precondition(Set(tensors.keys) == Set(network.parameters.map(\.name)))
        precondition(network.parameters.allSatisfy { tensors[$0.name]?.shape == $0.shape })
        self.network = network
        self.tensors = tensors
    }

    /// All tensors of a network, read from their file.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when the file was changed since it was opened.
    public init(_ weights: NetworkWeights) throws {
        let network = weights.network
        let tensors = try network.parameters.map { ($0.name, try weights.tensor($0.name)) }
        self.init(network, tensors: Dictionary(uniqueKeysWithValues: tensors))
    }

    /// What an ``Executor`` runs.
    public var weights: NetworkWeights { NetworkWeights(network, tensors: tensors) }

    /// One tensor.
    /// - Precondition: a parameter's name, and a value of its shape.
    public subscript(name: String) -> Tensor {
        get {
            guard let tensor = tensors[name] else { preconditionFailure("\(network.name) has no parameter \(name)") }
            return tensor
        }
        set {
            precondition(tensors[name]?.shape == newValue.shape)
            tensors[name] = newValue
        }
    }
}

extension Network {
    /// Running statistics, which training takes from the data and not from gradients.
    public static func isBuffer(_ parameter: String) -> Bool {
        parameter.hasSuffix(".running_mean") || parameter.hasSuffix(".running_var")
    }

    /// The parameters that have gradients.
    public var trainableParameters: [Parameter] { parameters.filter { !Self.isBuffer($0.name) } }
}
