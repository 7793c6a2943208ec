/// FC-DenseNet103 (Jégou et al. 2017; method §3): growth 16, down blocks of 4, 5, 7, 10, 12 layers, a bottleneck of 15,
/// up blocks of 12, 10, 7, 5, 4.
///
/// Blocks concatenate what they were given with their new maps. Concatenations are written out flat (what goes into
/// one is never itself a concatenation), so that an executor can give their parts one place in memory.
public enum FCDenseNet103 {
    /// Names of what a run returns.
    public enum Output {
        /// images × classes × rows × columns.
        public static let logits = "logits"
    }

    static let growth = 16
    static let downLayers = [4, 5, 7, 10, 12]
    static let bottleneckLayers = 15

    /// The network, for images × 1 × rows × columns, at least 32 × 32.
    /// - Parameter classes: labels per pixel; 3 for background, right and left lung.
    public static func network(classes: Int) -> Network {
        var network = Network(name: "FC-DenseNet103", inputChannels: 1)
        let stem = Network.Convolution("stem", outputs: 48, kernel: 3, padding: 1, hasBias: true)
        var parts = [network.append(.convolution(stem), 0)]
        var skips: [[Int]] = []
        for (index, layers) in downLayers.enumerated() {
            parts += block(&network, parts, name: "down.\(index)", layers: layers)
            skips.append(parts)
            parts = [transitionDown(&network, parts, name: "trans.\(index)")]
        }
        parts = block(&network, parts, name: "mid", layers: bottleneckLayers)
        for (index, layers) in downLayers.reversed().enumerated() {
            let skip = skips.removeLast()
            let given = [transitionUp(&network, parts, skip, name: "ups.\(index)")] + skip
            let new = block(&network, given, name: "blocks.\(index)", layers: layers)
            parts = index == downLayers.count - 1 ? given + new : new
        }
        let head = Network.Convolution("head", outputs: classes, kernel: 1, hasBias: true)
        network.setOutput(Output.logits, network.append(.convolution(head), joined(&network, parts)))
        return network
    }

    /// The new maps of a dense block, one node a layer.
    private static func block(_ network: inout Network, _ given: [Int], name: String, layers: Int) -> [Int] {
        var parts = given
        for index in 0..<layers {
            let layer = "\(name).layers.\(index)"
            let active = activated(&network, parts, norm: layer + ".norm")
            let convolution = Network.Convolution(
                layer + ".conv", outputs: growth, kernel: 3, padding: 1, hasBias: true, isDropped: true)
            parts.append(network.append(.convolution(convolution), active))
        }
        return Array(parts.dropFirst(given.count))
    }

    private static func transitionDown(_ network: inout Network, _ parts: [Int], name: String) -> Int {
        let active = activated(&network, parts, norm: name + ".norm")
        let layer = Network.Convolution(
            name + ".conv", outputs: network.channels[active], kernel: 1, hasBias: true, isDropped: true)
        return network.append(
            .maxPool(kernel: 2, stride: 2, padding: 0), network.append(.convolution(layer), active))
    }

    private static func transitionUp(_ network: inout Network, _ parts: [Int], _ skip: [Int], name: String) -> Int {
        let input = joined(&network, parts)
        let layer = Network.Convolution(
            name + ".conv", outputs: network.channels[input], kernel: 3, stride: 2, hasBias: true)
        return network.append(.transposedConvolution(layer), input, skip[0])
    }

    private static func activated(_ network: inout Network, _ parts: [Int], norm: String) -> Int {
        let normalized = network.append(.normalization(name: norm, epsilon: 1e-5), joined(&network, parts))
        return network.append(.relu, normalized)
    }

    private static func joined(_ network: inout Network, _ parts: [Int]) -> Int {
        parts.count == 1 ? parts[0] : network.append(.concatenation, parts)
    }
}
