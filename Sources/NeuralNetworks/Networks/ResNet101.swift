/// ResNet-101 (He et al. 2016): bottlenecks 3, 4, 23, 3 with the stride in the 3×3 convolution, tensors named as
/// torchvision does.
public enum ResNet101 {
    /// Names of what a run returns.
    public enum Output {
        /// images × classes × 1 × 1.
        public static let logits = "logits"
        /// images × 2048 × rows × columns, after the last ReLU: the maps f of the class activation map (method §7).
        public static let features = "features"
    }

    /// The weight of class c and feature k, `fc.weight[c][k]`, that the class activation map wants.
    public static let classWeight = "fc.weight"

    /// The network, for images × 3 × rows × columns: 224 × 224 in the paper, any size here, with the mean and deviation
    /// taken off that its weights want (ImageNet's for torchvision's).
    /// - Parameter classes: how many logits.
    public static func network(classes: Int) -> Network {
        var network = Network(name: "ResNet-101", inputChannels: 3)
        var top = normalized(
            &network, 0, .init("conv1", outputs: 64, kernel: 7, stride: 2, padding: 3, hasBias: false), "bn1")
        top = network.append(.relu, top)
        top = network.append(.maxPool(kernel: 3, stride: 2, padding: 1), top)
        for (stage, blocks) in [3, 4, 23, 3].enumerated() {
            for block in 0..<blocks {
                top = bottleneck(
                    &network, top, name: "layer\(stage + 1).\(block)", width: 64 << stage,
                    stride: stage > 0 && block == 0 ? 2 : 1, isFirst: block == 0)
            }
        }
        network.setOutput(Output.features, top)
        top = network.append(.globalAverage, top)
        let layer = Network.Convolution("fc", outputs: classes, kernel: 1, hasBias: true, isFullyConnected: true)
        network.setOutput(Output.logits, network.append(.convolution(layer), top))
        return network
    }

    private static func bottleneck(
        _ network: inout Network, _ input: Int, name: String, width: Int, stride: Int, isFirst: Bool
    ) -> Int {
        func layer(_ part: String, _ outputs: Int, kernel: Int, stride: Int = 1) -> Network.Convolution {
            .init(
                "\(name).\(part)", outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: false
            )
        }
        var top = normalized(&network, input, layer("conv1", width, kernel: 1), "\(name).bn1")
        top = network.append(.relu, top)
        top = normalized(&network, top, layer("conv2", width, kernel: 3, stride: stride), "\(name).bn2")
        top = network.append(.relu, top)
        top = normalized(&network, top, layer("conv3", 4 * width, kernel: 1), "\(name).bn3")
        var shortcut = input
        if isFirst {
            let projection = layer("downsample.0", 4 * width, kernel: 1, stride: stride)
            shortcut = normalized(&network, input, projection, "\(name).downsample.1")
        }
        return network.append(.relu, network.append(.add, top, shortcut))
    }

    private static func normalized(
        _ network: inout Network, _ input: Int, _ layer: Network.Convolution, _ norm: String
    ) -> Int {
        network.append(.normalization(name: norm, epsilon: 1e-5), network.append(.convolution(layer), input))
    }
}
