import NeuralNetworks
import Testing

/// Each operation, on shapes chosen to hit borders and remainders, against loops written out from its definition.
@Suite struct LayerTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var images = 1
        var inputs: Int
        var outputs: Int
        var height: Int
        var width: Int
        var kernel: Int
        var stride = 1
        var padding = 0
        var testDescription: String {
            "\(images)×\(inputs)×\(height)×\(width) → \(outputs), kernel \(kernel), stride \(stride), padding \(padding)"
        }
    }

    static let shapes = [
        Shape(inputs: 1, outputs: 1, height: 1, width: 1, kernel: 1),
        Shape(images: 3, inputs: 5, outputs: 7, height: 9, width: 11, kernel: 1),
        Shape(images: 2, inputs: 4, outputs: 70, height: 6, width: 6, kernel: 1, stride: 2),
        Shape(inputs: 3, outputs: 8, height: 17, width: 13, kernel: 7, stride: 2, padding: 3),
        Shape(images: 2, inputs: 6, outputs: 130, height: 5, width: 4, kernel: 3, stride: 2, padding: 1),
        Shape(inputs: 2, outputs: 20, height: 40, width: 37, kernel: 3, padding: 1),
        Shape(images: 2, inputs: 80, outputs: 260, height: 8, width: 8, kernel: 3, padding: 1),
        Shape(inputs: 2, outputs: 3, height: 3, width: 3, kernel: 3, padding: 2),
    ]

    /// Tiles of 4 × 4 outputs, cut by every edge; one group of outputs and several; shares of many images.
    static let winogradShapes = [
        Shape(images: 16, inputs: 3, outputs: 2, height: 3, width: 4, kernel: 3, padding: 1),
        Shape(inputs: 20, outputs: 33, height: 13, width: 18, kernel: 3, padding: 1),
        Shape(images: 2, inputs: 70, outputs: 16, height: 21, width: 30, kernel: 3, padding: 1),
        Shape(images: 3, inputs: 16, outputs: 48, height: 28, width: 29, kernel: 3, padding: 1),
    ]

    static let narrowShapes = [
        Shape(inputs: 1, outputs: 16, height: 1, width: 1, kernel: 3, padding: 1),
        Shape(images: 3, inputs: 5, outputs: 16, height: 3, width: 3, kernel: 3, padding: 1),
        Shape(inputs: 33, outputs: 16, height: 12, width: 50, kernel: 3, padding: 1),
        Shape(images: 2, inputs: 7, outputs: 5, height: 21, width: 16, kernel: 3, padding: 1),
        Shape(inputs: 3, outputs: 9, height: 2, width: 200, kernel: 3, padding: 1),
    ]

    @Test("A convolution is the sum that defines it", arguments: shapes + narrowShapes + winogradShapes)
    func convolution(_ shape: Shape) throws {
        var network = Network(name: "test", inputChannels: shape.inputs)
        let layer = Network.Convolution(
            "c", outputs: shape.outputs, kernel: shape.kernel, stride: shape.stride, padding: shape.padding,
            hasBias: true)
        network.setOutput("y", network.append(.convolution(layer), 0))
        let random = RandomTensors(network)
        let input = random.input(shape)
        let expected = Reference.convolve(input, random["c.weight"], random["c.bias"].values, shape)
        try expectClose(random.run(input), expected)
    }

    @Test("Normalisation, residual and ReLU around a convolution change nothing but speed", arguments: shapes)
    func foldedConvolution(_ shape: Shape) throws {
        var network = Network(name: "test", inputChannels: shape.inputs)
        let layer = Network.Convolution(
            "c", outputs: shape.outputs, kernel: shape.kernel, stride: shape.stride, padding: shape.padding,
            hasBias: false)
        let side = network.append(.convolution(layer.named("d")), 0)
        let main = network.append(.convolution(layer), 0)
        let normal = network.append(.normalization(name: "n", epsilon: 1e-5), main)
        network.setOutput("y", network.append(.relu, network.append(.add, side, normal)))
        let random = RandomTensors(network)
        let input = random.input(shape)
        let zeros = [Float](repeating: 0, count: shape.outputs)
        let first = Reference.normalize(Reference.convolve(input, random["c.weight"], zeros, shape), "n", random)
        let second = Reference.convolve(input, random["d.weight"], zeros, shape)
        let sum = zip(first.values, second.values).map { max(0, $0 + $1) }
        try expectClose(random.run(input), Tensor(shape: first.shape, values: sum))
    }

    @Test(
        "Normalisation and ReLU before a convolution change nothing but speed",
        arguments: shapes + narrowShapes + winogradShapes)
    func activatedConvolution(_ shape: Shape) throws {
        var network = Network(name: "test", inputChannels: shape.inputs)
        let layer = Network.Convolution(
            "c", outputs: shape.outputs, kernel: shape.kernel, stride: shape.stride, padding: shape.padding,
            hasBias: true)
        let active = network.append(.relu, network.append(.normalization(name: "n", epsilon: 1e-5), 0))
        network.setOutput("y", network.append(.convolution(layer), active))
        let random = RandomTensors(network)
        let input = random.input(shape)
        var inner = Reference.normalize(input, "n", random)
        inner.values = inner.values.map { max(0, $0) }
        let expected = Reference.convolve(inner, random["c.weight"], random["c.bias"].values, shape)
        try expectClose(random.run(input), expected)
    }

    @Test("A transposed convolution adds where the definition says, cropped about its centre", arguments: [4, 5, 7])
    func transposedConvolution(side: Int) throws {
        let shape = Shape(images: 2, inputs: 3, outputs: 5, height: side, width: side + 2, kernel: 2, stride: 2)
        var network = Network(name: "test", inputChannels: 3)
        let small = network.append(.maxPool(kernel: 2, stride: 2, padding: 0), 0)
        let layer = Network.Convolution("t", outputs: 5, kernel: 3, stride: 2, hasBias: true)
        network.setOutput("y", network.append(.transposedConvolution(layer), small, 0))
        let random = RandomTensors(network)
        let input = random.input(shape)
        let pooled = Reference.maxPool(input, kernel: 2, stride: 2, padding: 0)
        let expected = Reference.transpose(
            pooled, random["t.weight"], random["t.bias"].values, stride: 2, height: side, width: side + 2)
        try expectClose(random.run(input), expected)
    }

    @Test("Pooling takes the largest inside the image, the average is over all pixels")
    func pooling() throws {
        var network = Network(name: "test", inputChannels: 3)
        let pool = network.append(.maxPool(kernel: 3, stride: 2, padding: 1), 0)
        network.setOutput("pool", pool)
        network.setOutput("mean", network.append(.globalAverage, pool))
        let random = RandomTensors(network)
        let input = random.input(Shape(images: 2, inputs: 3, outputs: 0, height: 9, width: 6, kernel: 0))
        let output = try random.runAll(input)
        let expected = Reference.maxPool(input, kernel: 3, stride: 2, padding: 1)
        try expectClose(try #require(output["pool"]), expected)
        let pixels = expected.shape[2] * expected.shape[3]
        let means = (0..<6).map { expected.values[$0 * pixels..<($0 + 1) * pixels].reduce(0, +) / Float(pixels) }
        try expectClose(try #require(output["mean"]), Tensor(shape: [2, 3, 1, 1], values: means))
    }

    @Test("Concatenations that share parts in other orders are copied, not confused")
    func concatenations() throws {
        var network = Network(name: "test", inputChannels: 2)
        let a = network.append(.convolution(.init("a", outputs: 3, kernel: 1, hasBias: false)), 0)
        let b = network.append(.convolution(.init("b", outputs: 2, kernel: 1, hasBias: false)), 0)
        network.setOutput("ab", network.append(.concatenation, a, b))
        network.setOutput("ba", network.append(.concatenation, b, a))
        network.setOutput("aa", network.append(.concatenation, a, a))
        let random = RandomTensors(network)
        let shape = Shape(images: 2, inputs: 2, outputs: 3, height: 4, width: 5, kernel: 1)
        let input = random.input(shape)
        let zeros = [Float](repeating: 0, count: 3)
        let first = Reference.convolve(input, random["a.weight"], zeros, shape)
        let second = Reference.convolve(input, random["b.weight"], zeros, shape)
        let output = try random.runAll(input)
        try expectClose(try #require(output["ab"]), Reference.join(first, second))
        try expectClose(try #require(output["ba"]), Reference.join(second, first))
        try expectClose(try #require(output["aa"]), Reference.join(first, first))
    }

    @Test(
        "An input of the wrong shape is refused with a sentence",
        arguments: [[1, 2, 8, 8], [1, 3, 8], [0, 3, 8, 8], [1, 3, 2, 2]])
    func wrongShapes(_ shape: [Int]) throws {
        var network = Network(name: "test", inputChannels: 3)
        network.setOutput("y", network.append(.convolution(.init("c", outputs: 1, kernel: 5, hasBias: false)), 0))
        let random = RandomTensors(network)
        #expect(throws: NeuralNetworkError.self) { try random.runAll(Tensor(shape: shape)) }
    }

    private func expectClose(
        _ got: Tensor, _ expected: Tensor, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(got.shape == expected.shape, sourceLocation: sourceLocation)
        let largest = zip(got.values, expected.values).map { abs($0 - $1) }.max() ?? 0
        #expect(largest < 2e-4, sourceLocation: sourceLocation)
    }
}

extension Network.Convolution {
    fileprivate func named(_ name: String) -> Self {
        var copy = self
        copy.name = name
        return copy
    }
}
