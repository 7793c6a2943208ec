public import Foundation
public import NeuralNetworks

/// The weights that a run starts from: what a file has of the network, the rest random.
public struct StartingWeights: Sendable {
    public let parameters: Parameters
    /// Tensors of the network that the file does not have in their shape, and that were made anew.
    public let made: [String]
    /// Tensors of the file that the network has no place for.
    public let unused: [String]

    /// - Parameter file: nil: all are made.
    /// - Throws: `NeuralNetworkError` for a file that is no weights file; ``LearningError/data(_:)`` when less than
    ///   half of the network's values fit: a start that is mostly random is no start, and hours go by before it shows.
    public init(_ network: Network, from file: URL?, seed: UInt64) throws {
        let stored = try file.map { try WeightsFile(contentsOf: $0) }
        var tensors: [String: Tensor] = [:]
        var made: [String] = []
        var (values, fitting) = (0, 0)
        for (index, parameter) in network.parameters.enumerated() {
            let count = parameter.shape.reduce(1, *)
            values += count
            if let stored, stored.shape(of: parameter.name) == parameter.shape {
                tensors[parameter.name] = try stored.tensor(parameter.name)
                fitting += count
            } else {
                made.append(parameter.name)
                tensors[parameter.name] = Self.random(parameter, seed: seed, index: UInt64(index))
            }
        }
        if let file, 2 * fitting < values {
            throw LearningError.data(
                "of the \(values) values of \(network.name) \(file.path) has \(fitting) that fit; name another --init")
        }
        parameters = Parameters(network, tensors: tensors)
        self.made = made
        let taken = Set(tensors.keys).subtracting(made)
        unused = (stored?.names ?? []).filter { !taken.contains($0) && !$0.hasSuffix(".num_batches_tracked") }
    }

    /// He et al. 2015 for convolutions (normal, by outputs, as torchvision's ResNet), PyTorch's default for fully
    /// connected layers; biases are 0. Normalisations begin as the identity, and the last of a residual branch as nothing
    /// (Goyal et al. 2017).
    private static func random(_ parameter: Network.Parameter, seed: UInt64, index: UInt64) -> Tensor {
        let (name, shape) = (parameter.name, parameter.shape)
        var stream = RandomStream(seed: seed, .weights, index: index)
        func filled(_ value: () -> Float) -> Tensor {
            Tensor(shape: shape, values: (0..<shape.reduce(1, *)).map { _ in value() })
        }
        switch shape.count {
        case 4:
            let deviation = (2 / Float(shape[0] * shape[2] * shape[3])).squareRoot()
            return filled { deviation * stream.gaussian() }
        case 2:
            let bound = 1 / Float(shape[1]).squareRoot()
            return filled { stream.uniform(-bound...bound) }
        default:
            let endsBranch = name.hasSuffix(".bn3.weight")
            let isOne = name.hasSuffix(".running_var") || name.hasSuffix(".weight") && !endsBranch
            return Tensor(shape: shape, repeating: isOne ? 1 : 0)
        }
    }
}
