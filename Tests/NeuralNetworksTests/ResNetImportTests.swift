import Foundation
import Testing

@testable import NeuralNetworks

/// Which tensors of others' ResNets become ResNet-101's.
@Suite struct ResNetImportTests {
    static let network = ResNet101.network(classes: 4)

    /// torchvision's names and shapes (`torchvision.models.resnet`), by the rules of its `_make_layer`.
    static func source(_ blocks: [Int], classes: Int? = 1000, depth: Int? = nil) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        func convolution(_ name: String, _ outputs: Int, _ inputs: Int, _ kernel: Int) {
            shapes["\(name).weight"] = [outputs, inputs] + (depth.map { [min($0, kernel)] } ?? []) + [kernel, kernel]
        }
        func norm(_ name: String, _ channels: Int) {
            for part in ["weight", "bias", "running_mean", "running_var"] { shapes["\(name).\(part)"] = [channels] }
            shapes["\(name).num_batches_tracked"] = []
        }
        convolution("conv1", 64, 3, 7)
        norm("bn1", 64)
        var inputs = 64
        for (stage, count) in blocks.enumerated() {
            let width = 64 << stage
            for block in 0..<count {
                let name = "layer\(stage + 1).\(block)"
                for (index, sizes) in [(width, inputs, 1), (width, width, 3), (4 * width, width, 1)].enumerated() {
                    convolution("\(name).conv\(index + 1)", sizes.0, sizes.1, sizes.2)
                    norm("\(name).bn\(index + 1)", sizes.0)
                }
                if block == 0 {
                    convolution("\(name).downsample.0", 4 * width, inputs, 1)
                    norm("\(name).downsample.1", 4 * width)
                }
                inputs = 4 * width
            }
        }
        if let classes {
            shapes["fc.weight"] = [classes, 2048]
            shapes["fc.bias"] = [classes]
        }
        return shapes
    }

    @Test(
        "ResNet-101 is taken as it is, the last layer only with the classes that are wanted", arguments: [4, 1000, nil])
    func resNet101IsCopied(_ classes: Int?) throws {
        let plan = try ResNetPlan(shapes: Self.source([3, 4, 23, 3], classes: classes), network: Self.network)
        #expect(plan.depth == 101 && !plan.isInflated && plan.droppedBlocks == 0 && plan.addedBlocks == 0)
        #expect(plan.keepsHead == (classes == 4))
        for parameter in Self.network.parameters {
            let isHead = parameter.name.hasPrefix("fc.")
            #expect(plan.origins[parameter.name] == (isHead && classes != 4 ? .fresh : .copied(parameter.name)))
        }
    }

    @Test("Names may have the prefix of a wrapper")
    func prefixesAreTaken() throws {
        let wrapped = Self.source([3, 4, 23, 3]).map { ("module.\($0.key)", $0.value) }
        let plan = try ResNetPlan(shapes: Dictionary(uniqueKeysWithValues: wrapped), network: Self.network)
        #expect(plan.origins["layer3.22.bn3.bias"] == .copied("module.layer3.22.bn3.bias"))
    }

    @Test("Of an inflated ResNet-152 the kernels are summed and 17 blocks dropped, as backbone.py does")
    func resNet152IsThinned() throws {
        let shapes = Self.source([3, 8, 36, 3], classes: nil, depth: 3)
        let plan = try ResNetPlan(shapes: shapes, network: Self.network)
        #expect(plan.depth == 152 && plan.isInflated && plan.droppedBlocks == 17 && plan.addedBlocks == 0)
        #expect(plan.origins["layer2.3.conv2.weight"] == .flattened("layer2.4.conv2.weight"))
        #expect(plan.origins["layer3.6.conv1.weight"] == .flattened("layer3.9.conv1.weight"))
        #expect(plan.origins["layer3.22.bn1.running_var"] == .copied("layer3.35.bn1.running_var"))
        #expect(plan.origins["layer4.2.bn1.bias"] == .copied("layer4.2.bn1.bias"))
    }

    @Test("Blocks that ResNet-50 lacks are fresh, and silent until they are trained")
    func resNet50IsDeepened() throws {
        let plan = try ResNetPlan(shapes: Self.source([3, 4, 6, 3]), network: Self.network)
        #expect(plan.depth == 50 && plan.addedBlocks == 17 && plan.droppedBlocks == 0)
        #expect(plan.origins["layer3.5.conv1.weight"] == .copied("layer3.5.conv1.weight"))
        #expect(plan.origins["layer3.6.conv1.weight"] == .fresh)
        var generator = SystemRandomNumberGenerator()
        func fresh(_ name: String, _ shape: [Int]) -> Tensor {
            ResNetImport.fresh(.init(name: name, shape: shape), using: &generator)
        }
        #expect(fresh("layer3.6.bn3.weight", [4]).values == [0, 0, 0, 0])
        #expect(fresh("layer3.6.bn3.bias", [2]).values == [0, 0])
        #expect(fresh("layer3.6.bn1.weight", [2]).values == [1, 1])
        #expect(fresh("layer3.6.bn1.running_mean", [2]).values == [0, 0])
        #expect(fresh("layer3.6.bn3.running_var", [2]).values == [1, 1])
        #expect(fresh("fc.bias", [2]).values == [0, 0])
        let bound = Float(6.0 / (8 * 9)).squareRoot()
        #expect(fresh("layer3.6.conv2.weight", [8, 8, 3, 3]).values.allSatisfy { abs($0) <= bound })
        #expect(fresh("fc.weight", [4, 100]).values.allSatisfy { abs($0) <= 0.1 })
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var says: String
        var change: @Sendable (inout [String: [Int]]) -> Void
        var testDescription: String { says }
    }

    @Test(
        "What is missing, unknown, misshapen or of another depth is named",
        arguments: [
            Damage(says: "tensor layer3.22.bn1.bias of ResNet-101 is missing") { $0["layer3.22.bn1.bias"] = nil },
            Damage(says: "tensor extra is none of ResNet-101's") { $0["extra"] = [1] },
            Damage(says: "tensor layer1.0.conv4.weight is none of") { $0["layer1.0.conv4.weight"] = [1] },
            Damage(says: "tensor conv1.weight has the shape [64, 1, 7, 7] instead of [64, 3, 7, 7]") {
                $0["conv1.weight"] = [64, 1, 7, 7]
            },
            Damage(says: "has the shape [64, 3, 65, 7, 7]") { $0["conv1.weight"] = [64, 3, 65, 7, 7] },
            Damage(says: "has the shape [64, 3, 0, 7, 7]") { $0["conv1.weight"] = [64, 3, 0, 7, 7] },
            Damage(says: "stages of 3, 4, 24, 3 blocks; ResNet-50, 101 and 152 are read") {
                $0["layer3.23.bn1.bias"] = [256]
            },
            Damage(says: "stages of 0, 0, 0, 0 blocks") { $0 = ["a": [1]] },
            Damage(says: "tensor bn1.bias twice") { $0["module.bn1.bias"] = [64] },
        ])
    func damageIsNamed(_ damage: Damage) {
        var shapes = Self.source([3, 4, 23, 3])
        damage.change(&shapes)
        let error = #expect(throws: ResNetPlan.Problem.self) { try ResNetPlan(shapes: shapes, network: Self.network) }
        #expect(error?.text.contains(damage.says) == true, "\(error?.text ?? "")")
    }

    @Test("A sum over depth is PyTorch's, and the first layer's is scaled by ImageNet's deviations")
    func depthIsSummed() throws {
        let file = try WeightsFile(TorchFileTests.fixture("expected.safetensors"), path: "expected")
        let volume = try file.tensor("volume")
        #expect(ResNetImport.flattened(volume, isFirst: false) == (try file.tensor("flat.plain")))
        #expect(ResNetImport.flattened(volume, isFirst: true) == (try file.tensor("flat.first")))
    }
}
