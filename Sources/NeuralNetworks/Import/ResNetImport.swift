public import Foundation

/// Starting values for ResNet-101 from a network that others trained: torchvision's ResNet-50, 101 or 152, or a 3-D
/// ResNet-152 that was inflated from one, in a safetensors file or one that PyTorch saved.
///
/// - Blocks of ResNet-152 that ResNet-101 has no place for are left out. Blocks that ResNet-50 lacks are added as
///   identities: their last normalisation has the weight 0 (Goyal et al. 2017, §5.1), so that the network computes what
///   ResNet-50 does until it is trained.
/// - 3-D kernels are summed over depth. A network with a 3-D first layer is taken to have seen one grey channel of 0...1
///   three times, without mean and deviation; its first layer is scaled by ImageNet's deviations, so that it takes input
///   that is normalised with them. The running statistics of its batch normalisation must be taken anew from images.
/// - The last layer is the source's where it has the classes that are wanted, and fresh otherwise.
public struct ResNetImport: Sendable {
    /// ImageNet's standard deviations of red, green and blue, for values of 0...1 (torchvision).
    static let deviations: [Float] = [0.229, 0.224, 0.225]

    private let file: PretrainedFile
    private let network: Network
    private let plan: ResNetPlan

    /// The source's: 50, 101 or 152.
    public var depth: Int { plan.depth }
    /// Whether the source's kernels have three dimensions.
    public var isInflated: Bool { plan.isInflated }
    /// Blocks of the source that are left out.
    public var droppedBlocks: Int { plan.droppedBlocks }
    /// Blocks that the source lacks.
    public var addedBlocks: Int { plan.addedBlocks }
    /// Whether the last layer is the source's.
    public var keepsHead: Bool { plan.keepsHead }

    /// Opens the source and checks names and shapes. Nothing that a file of PyTorch's says is run.
    /// - Parameters:
    ///   - url: of the source; its first bytes say which kind of file it is.
    ///   - classes: of the last layer.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)``,
    ///   ``NeuralNetworkError/weightsDiffer(path:network:problem:)``
    /// - Precondition: at least one class.
    public init(contentsOf url: URL, classes: Int) throws {
        precondition(classes > 0)
        file = try PretrainedFile(contentsOf: url)
        network = ResNet101.network(classes: classes)
        do {
            plan = try ResNetPlan(shapes: file.shapes, network: network)
        } catch {
            throw NeuralNetworkError.weightsDiffer(path: file.path, network: network.name, problem: error.text)
        }
    }

    /// Reads the source's tensors.
    /// - Parameter seed: of the weights of fresh layers.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when a value is not finite or the file is damaged.
    public func parameters(seed: UInt64) throws -> Parameters {
        var generator = SplitMix64(state: seed)
        var tensors: [String: Tensor] = [:]
        for parameter in network.parameters {
            tensors[parameter.name] =
                switch plan.origins[parameter.name] {
                case .copied(let name): try file.tensor(name)
                case .flattened(let name):
                    Self.flattened(try file.tensor(name), isFirst: parameter.name == "conv1.weight")
                case .fresh, nil: Self.fresh(parameter, using: &generator)
                }
        }
        return Parameters(network, tensors: tensors)
    }

    /// Outputs × inputs × depth × rows × columns, summed over depth in its order.
    static func flattened(_ tensor: Tensor, isFirst: Bool) -> Tensor {
        var shape = tensor.shape
        let depth = shape.remove(at: 2)
        let plane = shape[2] * shape[3]
        var flat = Tensor(shape: shape)
        for map in 0..<shape[0] * shape[1] {
            let scale = isFirst ? deviations[map % shape[1] % deviations.count] : 1
            for place in 0..<plane {
                let values = (0..<depth).map { tensor.values[(map * depth + $0) * plane + place] }
                flat.values[map * plane + place] = values.reduce(0, +) * scale
            }
        }
        return flat
    }

    /// Weights uniform within ±√(6 / outputs · kernel²) for a convolution (He et al. 2015) and ±√(1 / inputs) for the last
    /// layer, as torchvision's; normalisations that change nothing, but for a block's last, which silences the block.
    static func fresh(_ parameter: Network.Parameter, using generator: inout some RandomNumberGenerator) -> Tensor {
        let shape = parameter.shape
        let bound: Float
        switch shape.count {
        case 4: bound = (6 / Float(shape[0] * shape[2] * shape[3])).squareRoot()
        case 2: bound = (1 / Float(shape[1])).squareRoot()
        default:
            let isOne =
                parameter.name.hasSuffix(".running_var")
                || (parameter.name.hasSuffix(".weight") && !parameter.name.hasSuffix(".bn3.weight"))
            return Tensor(shape: shape, repeating: isOne ? 1 : 0)
        }
        let values = (0..<shape.reduce(1, *)).map { _ in Float.random(in: -bound...bound, using: &generator) }
        return Tensor(shape: shape, values: values)
    }
}

/// Steele, Lea and Flood 2014: small, seeded, the same everywhere.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
