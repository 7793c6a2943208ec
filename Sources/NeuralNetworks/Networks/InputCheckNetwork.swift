/// Which kind of image the pipeline was given (method §7): five 3×3 convolutions with batch normalisation and ReLU, the
/// first with stride 2, 2×2 maxima between the others, a mean over what is left. Small, because it answers a coarse
/// question about 64 × 64 pixels.
public enum InputCheckNetwork {
    /// Names of what a run returns.
    public enum Output {
        /// images × kinds × 1 × 1.
        public static let logits = "logits"
    }

    /// Of each convolution. The last sees the whole image at 64 × 64, so that the heart's side can be told.
    static let widths = [16, 32, 48, 64, 64]

    /// The network, for images × 1 × 64 × 64.
    /// - Parameter kinds: how many logits.
    public static func network(kinds: Int) -> Network {
        var network = Network(name: "input check", inputChannels: 1)
        var top = 0
        for (index, width) in widths.enumerated() {
            let isFirst = index == 0
            let isLast = index == widths.count - 1
            let layer = Network.Convolution(
                "conv\(index + 1)", outputs: width, kernel: 3, stride: isFirst ? 2 : 1, padding: 1, hasBias: false)
            top = network.append(.convolution(layer), top)
            top = network.append(.relu, network.append(.normalization(name: "bn\(index + 1)", epsilon: 1e-5), top))
            if !isFirst && !isLast { top = network.append(.maxPool(kernel: 2, stride: 2, padding: 0), top) }
        }
        top = network.append(.globalAverage, top)
        let head = Network.Convolution("fc", outputs: kinds, kernel: 1, hasBias: true, isFullyConnected: true)
        network.setOutput(Output.logits, network.append(.convolution(head), top))
        return network
    }
}
