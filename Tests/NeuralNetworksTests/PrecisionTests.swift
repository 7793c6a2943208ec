import Foundation
import HilumTesting
import Testing

@testable import NeuralNetworks

/// Lower precision: close to f32, the same with any number of threads, and refused where it cannot be.
@Suite struct PrecisionTests {
    /// A stem, a pool, and a bottleneck with a projection: everything that ResNet-101 is made of.
    static let network: Network = {
        var network = Network(name: "bottleneck", inputChannels: 3)
        func convolution(
            _ name: String, _ input: Int, outputs: Int, kernel: Int, stride: Int = 1, relu: Bool
        ) -> Int {
            let layer = Network.Convolution(
                name, outputs: outputs, kernel: kernel, stride: stride, padding: kernel / 2, hasBias: true)
            let top = network.append(.convolution(layer), input)
            return relu ? network.append(.relu, top) : top
        }
        var top = convolution("stem", 0, outputs: 64, kernel: 7, stride: 2, relu: true)
        top = network.append(.maxPool(kernel: 3, stride: 2, padding: 1), top)
        let pooled = top
        top = convolution("reduce", top, outputs: 64, kernel: 1, relu: true)
        top = convolution("middle", top, outputs: 64, kernel: 3, stride: 2, relu: true)
        top = convolution("widen", top, outputs: 192, kernel: 1, relu: false)
        let projection = convolution("project", pooled, outputs: 192, kernel: 1, stride: 2, relu: false)
        top = network.append(.relu, network.append(.add, top, projection))
        top = convolution("last", top, outputs: 64, kernel: 3, relu: true)
        network.setOutput("features", top)
        network.setOutput("mean", network.append(.globalAverage, top))
        return network
    }()

    /// Weights that keep activations of the size of their inputs.
    static let weights: NetworkWeights = {
        var random = TestRandom(seed: 3)
        let tensors = network.parameters.map { parameter in
            let inputs = parameter.shape.dropFirst().reduce(1, *)
            let size = parameter.shape.count > 1 ? 1.7 / Float(inputs).squareRoot() : 0.2
            return (
                parameter.name,
                Tensor(
                    shape: parameter.shape,
                    values: (0..<parameter.shape.reduce(1, *)).map { _ in random.next(in: -size...size) })
            )
        }
        return NetworkWeights(network, tensors: Dictionary(uniqueKeysWithValues: tensors))
    }()

    static func input(images: Int) -> Tensor {
        var random = TestRandom(seed: 4)
        return Tensor(
            shape: [images, 3, 45, 38], values: (0..<images * 3 * 45 * 38).map { _ in random.next(in: -2...2.5) })
    }

    static func calibration() throws -> Calibration {
        let observed = try Executor(weights, threads: 1, recordsRanges: true)
        _ = try observed.run(input(images: 4))
        return observed.ranges
    }

    /// Root of the mean squared difference, in that of the expected values.
    static func difference(_ got: Tensor?, _ expected: Tensor?) throws -> Float {
        let (got, expected) = try (#require(got).values, #require(expected).values)
        #expect(got.count == expected.count)
        let squares = zip(got, expected).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        return (squares / expected.reduce(0) { $0 + $1 * $1 }).squareRoot()
    }

    @Test(
        "Results differ from f32 by what the numbers' steps explain",
        arguments: [(Precision.bf16, Float(0.01)), (.int8, Float(0.03))])
    func closeToF32(_ precision: Precision, _ tolerance: Float) throws {
        let input = Self.input(images: 4)
        let exact = try Executor(Self.weights, threads: 2).run(input)
        let low = try Executor(Self.weights, threads: 2, precision: precision, calibration: Self.calibration())
            .run(input)
        for name in ["features", "mean"] {
            let difference = try Self.difference(low[name], exact[name])
            #expect(difference < tolerance)
            // Were it the same, nothing would have been computed in lower precision.
            #expect(difference > 1e-5)
        }
    }

    @Test("Padding is 0 where 0 is not the smallest byte", arguments: [1, 2])
    func paddingIsZero(stride: Int) throws {
        // Without a ReLU between them, the second reads values of both signs.
        var network = Network(name: "signed", inputChannels: 3)
        let first = network.append(
            .convolution(.init("first", outputs: 64, kernel: 3, padding: 1, hasBias: true)), 0)
        let second = Network.Convolution(
            "second", outputs: 64, kernel: 3, stride: stride, padding: 1, hasBias: true)
        network.setOutput("y", network.append(.convolution(second), first))
        let random = RandomTensors(network)
        let weights = NetworkWeights(network, tensors: random.tensors)
        let shape = LayerTests.Shape(
            inputs: 3, outputs: 64, height: 9, width: 11, kernel: 3, stride: 1, padding: 1)
        let input = random.input(shape)
        let observed = try Executor(weights, threads: 1, recordsRanges: true)
        _ = try observed.run(input)
        let element = try #require(observed.ranges.element(for: "first"))
        #expect(element.zero > 64)

        let got = try #require(
            Executor(weights, threads: 1, precision: .int8, calibration: observed.ranges).run(input)["y"])
        let middle = Reference.convolve(input, random["first.weight"], random["first.bias"].values, shape)
        var outer = shape
        outer.stride = stride
        let expected = Reference.convolve(middle, random["second.weight"], random["second.bias"].values, outer)
        #expect(got.shape == expected.shape)
        let (rows, columns) = (expected.shape[2], expected.shape[3])
        let border = expected.values.indices.filter {
            [0, rows - 1].contains($0 / columns % rows) || [0, columns - 1].contains($0 % columns)
        }
        func part(_ tensor: Tensor) -> Tensor {
            Tensor(shape: [border.count], values: border.map { tensor.values[$0] })
        }
        #expect(try Self.difference(part(got), part(expected)) < 0.02)
    }

    @Test("One, two and three threads give the same bits", arguments: Precision.allCases)
    func threadsChangeNothing(_ precision: Precision) throws {
        let calibration = try Self.calibration()
        let results = try (1...3).map { threads in
            try Executor(Self.weights, threads: threads, precision: precision, calibration: calibration)
                .run(Self.input(images: 3))
        }
        #expect(results[0] == results[1])
        #expect(results[0] == results[2])
    }

    @Test("An executor that shares weights gives the same, at the same time", arguments: Precision.allCases)
    func twinsAgree(_ precision: Precision) async throws {
        let first = try Executor(Self.weights, threads: 1, precision: precision, calibration: Self.calibration())
        let second = Executor(sharing: first)
        let input = Self.input(images: 2)
        async let one = first.run(input)
        async let other = second.run(input)
        #expect(try await one == other)
    }

    @Test("int8 without a calibration, or with one that lacks a layer, is refused with a sentence")
    func calibrationIsWanted() throws {
        for calibration in [nil, Calibration()] {
            let error = #expect(throws: NeuralNetworkError.self) {
                try Executor(Self.weights, threads: 1, precision: .int8, calibration: calibration)
            }
            #expect(error?.description.contains("hilum bundle calibrate") == true)
        }
    }

    @Test("Ranges are those of all runs together, 0 always among what bytes stand for")
    func rangesGrow() throws {
        var calibration = Calibration()
        calibration.include("a", least: 1, most: 3)
        calibration.include("a", least: 2, most: 5)
        #expect(calibration.ranges["a"] == [1, 5])
        #expect(calibration.element(for: "a") == .u8(scale: 5.0 / 255, zero: 0))
        calibration.include("b", least: -1, most: 3)
        #expect(calibration.element(for: "b") == .u8(scale: 4.0 / 255, zero: 64))
        calibration.include("c", least: 0, most: 0)
        #expect(calibration.element(for: "c") != nil)
        calibration.include("d", least: .nan, most: 1)
        #expect(calibration.element(for: "d") == nil)
    }

    @Test("A batch in passes gives each image what it gets alone")
    func passesChangeNothing() throws {
        // Large enough for several passes: 64 channels of 160 × 160 are 6.5 MB an image.
        var network = Network(name: "passes", inputChannels: 1)
        var top = network.append(
            .relu,
            network.append(.convolution(.init("a", outputs: 64, kernel: 3, padding: 1, hasBias: true)), 0))
        let early = top
        for name in ["b", "c"] {
            top = network.append(
                .convolution(.init(name, outputs: 64, kernel: 3, padding: 1, hasBias: true)), top)
        }
        network.setOutput("y", network.append(.add, top, early))
        network.setOutput("pooled", network.append(.maxPool(kernel: 2, stride: 2, padding: 0), top))
        let random = RandomTensors(network)
        let shape = LayerTests.Shape(images: 3, inputs: 1, outputs: 64, height: 160, width: 160, kernel: 3)
        let input = random.input(shape)
        let executor = try Executor(NetworkWeights(network, tensors: random.tensors), threads: 2)
        let together = try executor.run(input)
        for image in 0..<3 {
            let alone = Tensor(
                shape: [1, 1, 160, 160], values: Array(input.values[image * 25600..<(image + 1) * 25600]))
            for (name, tensor) in try executor.run(alone) {
                let each = tensor.count
                #expect(try #require(together[name]).values[image * each..<(image + 1) * each] == tensor.values[...])
            }
        }
    }
}
