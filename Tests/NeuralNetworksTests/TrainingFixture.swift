import Foundation

@testable import NeuralNetworks

/// What Fixtures/make_gradients.py makes: weights and inputs from hashes, and PyTorch's answers.
enum TrainingFixture {
    struct Answers: Decodable {
        var losses: [Double]
        var norm: Double
        /// Norm, and products with three patterns of signs.
        var gradients: [String: [Double]]
        var statistics: [String: Double]
    }

    static func answers(_ name: String) throws -> Answers {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/gradients.json")
        return try JSONDecoder().decode([String: Answers].self, from: Data(contentsOf: url))[name]!
    }

    /// splitmix64.
    static func hash(_ seed: UInt64, _ index: Int) -> UInt64 {
        var z = (UInt64(index) &+ seed << 32) &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// -1 ..< 1.
    static func uniform(_ seed: UInt64, _ count: Int) -> [Float] {
        (0..<count).map { Float(hash(seed, $0) >> 40) / Float(1 << 23) - 1 }
    }

    static func parameters(_ network: Network) -> Parameters {
        var tensors: [String: Tensor] = [:]
        // PyTorch counts its parameters in the order of its modules.
        let order = pytorchOrder(network)
        for parameter in network.parameters {
            let count = parameter.shape.reduce(1, *)
            var values: [Float]
            if Network.isBuffer(parameter.name) {
                values = Array(repeating: parameter.name.hasSuffix("var") ? 1 : 0, count: count)
            } else {
                values = uniform(UInt64(order[parameter.name]! + 1), count)
                if parameter.shape.count > 1 {
                    let isTransposed = parameter.name.hasPrefix("ups.")
                    let fan =
                        isTransposed
                        ? Double(parameter.shape[0]) * 9 / 4 : Double(count / parameter.shape[0])
                    let factor = Float((6 / fan).squareRoot())
                    values = values.map { Float(Double($0) * Double(factor)) }
                } else if isNorm(parameter.name) {
                    values =
                        parameter.name.hasSuffix("weight")
                        ? values.map { 0.5 + $0 * 0.125 }
                        : values.map { ($0 > -0.5 || isSum(parameter.name) ? 3 : -3) + $0 * 0.125 }
                } else {
                    values = values.map { $0 * 0.125 }
                }
            }
            tensors[parameter.name] = Tensor(shape: parameter.shape, values: values)
        }
        return Parameters(network, tensors: tensors)
    }

    private static func isNorm(_ name: String) -> Bool {
        name.contains("norm") || name.contains("bn") || name.contains("downsample.1")
    }

    private static func isSum(_ name: String) -> Bool { name.contains("bn3") || name.contains("downsample") }

    /// networks.py lists the modules of FC-DenseNet103 by kind, torchvision those of a bottleneck with bn1 to bn3 between.
    private static func pytorchOrder(_ network: Network) -> [String: Int] {
        let kinds = ["stem", "down", "trans", "mid", "ups", "blocks", "head"]
        func key(_ name: String) -> [Int] {
            let parts = name.split(separator: ".")
            if let kind = kinds.firstIndex(of: String(parts[0])) {
                return [kind] + parts.dropFirst().map { Int($0) ?? rank(String($0)) }
            }
            return [stage(String(parts[0]))] + parts.dropFirst().map { Int($0) ?? rank(String($0)) }
        }
        func stage(_ name: String) -> Int {
            ["conv1", "bn1", "layer1", "layer2", "layer3", "layer4", "fc"].firstIndex(of: name)!
        }
        func rank(_ name: String) -> Int {
            ["norm", "conv", "layers", "conv1", "bn1", "conv2", "bn2", "conv3", "bn3", "downsample", "weight", "bias"]
                .firstIndex(of: name)!
        }
        let sorted = network.trainableParameters.map(\.name).sorted { left, right in
            key(left).lexicographicallyPrecedes(key(right))
        }
        return Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($1, $0) })
    }

    /// Norm and products with signs, as the fixture stores them.
    static func summary(_ values: [Float]) -> [Double] {
        var norm = 0.0
        var products = [0.0, 0.0, 0.0]
        for (index, value) in values.enumerated() {
            let bits = hash(99, index)
            norm += Double(value) * Double(value)
            for pattern in 0..<3 {
                products[pattern] += bits >> UInt64(pattern) & 1 == 1 ? Double(value) : -Double(value)
            }
        }
        return [norm.squareRoot()] + products
    }
}
