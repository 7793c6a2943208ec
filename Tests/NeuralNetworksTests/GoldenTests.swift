import Foundation
import HilumTesting
import NeuralNetworks
import Testing

/// The networks against PyTorch's values for the same weights and inputs.
@Suite struct GoldenTests {
    static let models = Workplace.shared?.appending(path: "models")

    static func executor(_ network: Network, _ file: String, threads: Int = 2) throws -> Executor {
        let file = try WeightsFile(contentsOf: #require(models).appending(path: file))
        return try Executor(NetworkWeights(network, from: file), threads: threads)
    }

    /// Largest difference as a share of the expected values' range.
    static func difference(_ got: [Float], _ expected: [Float]) -> Float {
        guard got.count == expected.count else { return .infinity }
        let largest = zip(got, expected).map { abs($0 - $1) }.max() ?? 0
        return largest / ((expected.max() ?? 0) - (expected.min() ?? 0))
    }

    @Test("Segmentation logits agree with PyTorch", .enabled(if: models != nil))
    func segmentationLogitsAgree() throws {
        let golden = try WeightsFile(contentsOf: Self.models!.appending(path: "golden.safetensors"))
        let executor = try Self.executor(FCDenseNet103.network(classes: 3), "fc-densenet103.safetensors")
        for k in 0..<3 {
            let square = try golden.bytes("\(k).square").map { (Float($0) / 255 - 0.5) / 0.25 }
            let logits = try executor.run(Tensor(shape: [1, 1, 96, 96], values: square))["logits"]!
            let difference = Self.difference(logits.values, try golden.tensor("\(k).segmentation_logits").values)
            print("segmentation", k, difference)
            #expect(difference <= 1e-3)
        }
    }

    @Test("Class logits agree with PyTorch", .enabled(if: models != nil))
    func classLogitsAgree() throws {
        let golden = try WeightsFile(contentsOf: Self.models!.appending(path: "golden.safetensors"))
        let executor = try Self.executor(ResNet101.network(classes: 4), "resnet101.safetensors")
        for k in 0..<3 {
            let grey = try golden.tensor("\(k).class_input").values
            var values: [Float] = []
            for patch in 0..<5 {
                for (mean, deviation) in [(Float(0.485), Float(0.229)), (0.456, 0.224), (0.406, 0.225)] {
                    values += grey[patch * 16384..<(patch + 1) * 16384].map { ($0 - mean) / deviation }
                }
            }
            let logits = try executor.run(Tensor(shape: [5, 3, 128, 128], values: values))["logits"]!
            let difference = Self.difference(logits.values, try golden.tensor("\(k).class_logits").values)
            print("class", k, difference)
            #expect(difference <= 1e-3)
        }
    }
}
