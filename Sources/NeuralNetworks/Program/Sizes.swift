extension Program {
    /// Rows and columns of a value; all images of a batch have the same.
    struct Size: Sendable, Hashable {
        var height: Int
        var width: Int
        var pixels: Int { height * width }
    }

    /// Images of a batch, rows and columns of the input.
    static let mostImages = 4096
    static let longestSide = 8192

    /// The size of every value for an input of `height` × `width`.
    /// - Throws: ``NeuralNetworkError/input(network:problem:)`` when the input is too small or too large.
    func sizes(images: Int, height: Int, width: Int) throws -> [Network.NodeID: Size] {
        guard (1...Self.mostImages).contains(images), (1...Self.longestSide).contains(height),
            (1...Self.longestSide).contains(width)
        else {
            throw NeuralNetworkError.input(
                network: network.name,
                problem: "takes 1 to \(Self.mostImages) images of 1 to \(Self.longestSide) rows and columns, not "
                    + "\(images) of \(height) × \(width)")
        }
        let input = Size(height: height, width: width)
        return try steps.reduce(into: [0: input]) { sizes, step in
            let given = sizes[step.inputs[0]]!
            func slide(_ kernel: Int, _ stride: Int, _ padding: Int) throws -> Size {
                let rows = given.height + 2 * padding - kernel
                let columns = given.width + 2 * padding - kernel
                guard rows >= 0, columns >= 0 else {
                    throw NeuralNetworkError.input(
                        network: network.name, problem: "an input of \(height) × \(width) is too small")
                }
                return Size(height: rows / stride + 1, width: columns / stride + 1)
            }
            sizes[step.output] =
                switch step.kernel {
                case .convolution(let fused): try slide(fused.layer.kernel, fused.layer.stride, fused.layer.padding)
                case .maxPool(let kernel, let stride, let padding): try slide(kernel, stride, padding)
                case .transposed: sizes[step.inputs[1]]!
                case .globalAverage: Size(height: 1, width: 1)
                case .normalization, .add, .relu, .concatenation, .narrow: given
                }
        }
    }
}
