import Foundation
import HilumTesting
import NeuralNetworks
import Testing

/// The networks against PyTorch's values for the same weights and inputs: one image from the repository, three where
/// the reference data lies beside it.
@Suite struct GoldenTests {
    static let starting = Workplace.root.appending(path: "Models/starting")
    static let shared = Workplace.shared?.appending(path: "models/golden.safetensors")
    static let fixture = Workplace.root.appending(path: "Tests/NeuralNetworksTests/Fixtures/golden.safetensors")

    /// A difference that PyTorch and this engine may have, as a share of the logits' range.
    static let tolerance: Float = 1e-4

    struct Case: Sendable, CustomTestStringConvertible {
        var file: URL
        var image: Int
        var testDescription: String { "image \(image) of \(file.path)" }
    }

    static let cases =
        [Case(file: fixture, image: 0)] + (shared.map { file in (0..<3).map { Case(file: file, image: $0) } } ?? [])

    static func executor(_ network: Network, _ file: String, threads: Int = 2) throws -> Executor {
        let file = try WeightsFile(contentsOf: starting.appending(path: file))
        return try Executor(NetworkWeights(network, from: file), threads: threads)
    }

    static let segmentation = Result { try executor(FCDenseNet103.network(classes: 3), "fc-densenet103.safetensors") }
    static let classification = Result { try executor(ResNet101.network(classes: 4), "resnet101.safetensors") }

    /// Largest difference as a share of the expected values' range.
    static func difference(_ got: [Float], _ expected: [Float]) -> Float {
        guard got.count == expected.count else { return .infinity }
        let largest = zip(got, expected).map { abs($0 - $1) }.max() ?? 0
        return largest / ((expected.max() ?? 0) - (expected.min() ?? 0))
    }

    static func square(_ golden: WeightsFile, _ image: Int) throws -> Tensor {
        Tensor(
            shape: [1, 1, 96, 96], values: try golden.bytes("\(image).square").map { (Float($0) / 255 - 0.5) / 0.25 })
    }

    static func patches(_ golden: WeightsFile, _ image: Int) throws -> Tensor {
        let grey = try golden.tensor("\(image).class_input").values
        var values: [Float] = []
        for patch in 0..<5 {
            for (mean, deviation) in [(Float(0.485), Float(0.229)), (0.456, 0.224), (0.406, 0.225)] {
                values += grey[patch * 16384..<(patch + 1) * 16384].map { ($0 - mean) / deviation }
            }
        }
        return Tensor(shape: [5, 3, 128, 128], values: values)
    }

    @Test("Segmentation logits agree with PyTorch's", arguments: cases)
    func segmentationLogitsAgree(_ item: Case) throws {
        let golden = try WeightsFile(contentsOf: item.file)
        let output = try Self.segmentation.get().run(Self.square(golden, item.image))
        let logits = try #require(output[FCDenseNet103.Output.logits])
        #expect(logits.shape == [1, 3, 96, 96])
        let expected = try golden.tensor("\(item.image).segmentation_logits").values
        #expect(Self.difference(logits.values, expected) <= Self.tolerance)
    }

    @Test("Class logits agree with PyTorch's", arguments: cases)
    func classLogitsAgree(_ item: Case) throws {
        let golden = try WeightsFile(contentsOf: item.file)
        let output = try Self.classification.get().run(Self.patches(golden, item.image))
        let logits = try #require(output[ResNet101.Output.logits])
        let expected = try golden.tensor("\(item.image).class_logits").values
        #expect(Self.difference(logits.values, expected) <= Self.tolerance)
    }

    @Test("The last feature maps give the logits by average and last layer: the class activation map is about them")
    func featuresGiveLogits() throws {
        let golden = try WeightsFile(contentsOf: Self.fixture)
        let output = try Self.classification.get().run(Self.patches(golden, 0))
        let features = try #require(output[ResNet101.Output.features])
        let logits = try #require(output[ResNet101.Output.logits])
        #expect(features.shape == [5, 2048, 4, 4])
        let file = try WeightsFile(contentsOf: Self.starting.appending(path: "resnet101.safetensors"))
        let weight = try file.tensor(ResNet101.classWeight).values
        let bias = try file.tensor("fc.bias").values
        for name in 0..<4 {
            var sum = bias[name]
            for feature in 0..<2048 {
                let mean = features.values[feature * 16..<(feature + 1) * 16].reduce(0, +) / 16
                sum += weight[name * 2048 + feature] * mean
            }
            #expect(abs(sum - logits.values[name]) < 1e-3)
        }
    }

    @Test("One and two threads give the same bits")
    func threadsChangeNothing() throws {
        let golden = try WeightsFile(contentsOf: Self.fixture)
        let one = try Self.executor(FCDenseNet103.network(classes: 3), "fc-densenet103.safetensors", threads: 1)
        let square = try Self.square(golden, 0)
        #expect(try one.run(square) == Self.segmentation.get().run(square))
        let alone = try Self.executor(ResNet101.network(classes: 4), "resnet101.safetensors", threads: 1)
        let patches = try Self.patches(golden, 0)
        #expect(try alone.run(patches) == Self.classification.get().run(patches))
    }
}
