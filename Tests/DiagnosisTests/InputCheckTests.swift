import Foundation
import HilumTesting
import Imaging
import NeuralNetworks
import Testing

@testable import Diagnosis

/// What is no upright frontal radiograph of the chest ends in *review* with its reason (method §7).
@Suite struct InputCheckTests {
    static let rule = InputCheckRule(minimumUpright: 0.8, minimumMirrored: 0.9)

    /// Logits whose softmax is these probabilities.
    static func logits(_ probabilities: [InputKind: Double]) -> [Double] {
        InputKind.allCases.map { Foundation.log(probabilities[$0] ?? 1e-12) + 3 }
    }

    @Test("A kind that is sure gives its reason, an upright one none", arguments: InputKind.allCases)
    func reasons(_ kind: InputKind) {
        let expected: [InputKind: ReviewReason] = [
            .inverted: .inverted, .turnedLeft: .turned, .turnedRight: .turned, .upsideDown: .turned,
            .mirrored: .mirrored, .other: .notAChestRadiograph,
        ]
        #expect(Self.rule.kind(Self.logits([kind: 1])).reason == expected[kind])
    }

    @Test("Below the limit of upright and mirrored together, the most probable of the others names the reason")
    func doubtful() {
        #expect(Self.rule.kind(Self.logits([.upright: 0.45, .mirrored: 0.36, .other: 0.19])) == .upright)
        #expect(Self.rule.kind(Self.logits([.upright: 0.7, .inverted: 0.2, .other: 0.1])) == .inverted)
        #expect(Self.rule.kind(Self.logits([.mirrored: 0.7, .upsideDown: 0.1, .other: 0.2])) == .other)
    }

    @Test("Mirrored has a limit of its own, as a share of the two")
    func mirrored() {
        #expect(Self.rule.kind(Self.logits([.upright: 0.09, .mirrored: 0.8, .other: 0.11])) == .upright)
        #expect(Self.rule.kind(Self.logits([.upright: 0.07, .mirrored: 0.8, .other: 0.13])) == .mirrored)
    }

    // MARK: In a bundle

    static let section = """
        input_check:
          weights: check.safetensors
          input_side: 64
          mean: 0.5
          deviation: 0.25
          minimum_upright: 0.8
          minimum_mirrored: 0.9

        """

    @Test("A bundle without the section has no check; with it, its values are read")
    func sectionIsRead() throws {
        #expect(try StartingBundle.configuration().inputCheck == nil)
        let text = try StartingBundle.text("bundle.yaml") + Self.section
        let settings = try #require(try BundleConfiguration(yaml: text, path: "bundle.yaml").inputCheck)
        #expect(settings.weights == "check.safetensors" && settings.inputSide == 64)
        #expect(settings.mean == 0.5 && settings.deviation == 0.25)
        #expect(settings.rule == Self.rule)
    }

    @Test(
        "The section is read strictly",
        arguments: [
            ("  input_side: 64\n", "", "input_check.input_side: is missing"),
            ("input_side: 64", "input_side: 20", "input_check.input_side: must be a whole number from 32 to 256"),
            ("minimum_upright: 0.8", "minimum_upright: 1.1", "input_check.minimum_upright: must be a number from 0"),
            ("check.safetensors", "../check.safetensors", "input_check.weights: must be the plain name"),
            ("  mean: 0.5", "  mean: 0.5\n  hue: 1", "input_check.hue: is not a key"),
        ])
    func sectionIsStrict(_ from: String, _ to: String, _ says: String) throws {
        let text =
            try StartingBundle.text("bundle.yaml") + Self.section.replacingOccurrences(of: from, with: to)
        let error = #expect(throws: BundleError.self) { try BundleConfiguration(yaml: text, path: "bundle.yaml") }
        #expect(error?.description.contains(says) == true)
    }

    /// A network that takes every image for one kind.
    static func weights(_ kind: InputKind) -> Parameters {
        let network = InputCheckNetwork.network(kinds: InputKind.allCases.count)
        var tensors: [String: Tensor] = [:]
        for parameter in network.parameters {
            let isVariance = parameter.name.hasSuffix("running_var")
            tensors[parameter.name] = Tensor(shape: parameter.shape, repeating: isVariance ? 1 : 0)
        }
        tensors["fc.bias"]?.values = InputKind.allCases.map { $0 == kind ? 9 : 0 }
        return Parameters(network, tensors: tensors)
    }

    static func pipeline<Value>(_ kind: InputKind, _ body: (Pipeline) throws -> Value) throws -> Value {
        try StartingBundle.copy { folder in
            let file = folder.appending(path: "bundle.yaml")
            try (StartingBundle.text("bundle.yaml") + section).write(to: file, atomically: true, encoding: .utf8)
            try weights(kind).write(to: folder.appending(path: "check.safetensors"), as: .f32, metadata: [:])
            return try body(Pipeline(bundle: ModelBundle.load(from: folder), threads: 2))
        }
    }

    @Test("What the check refuses is a review with that reason alone and no urgency; nothing further is looked at")
    func refused() throws {
        let golden = try WeightsFile(contentsOf: PipelineTests.fixture)
        let input = RadiographInput(grey: try PipelineTests.plane(golden, "0.grey"))
        try Self.pipeline(.inverted) { pipeline in
            for pipeline in [pipeline, Pipeline(sharing: pipeline)] {
                let analysis = try pipeline.analyse(input)
                #expect(analysis.finding.outcome == .review)
                #expect(analysis.finding.reasons == [.inverted])
                #expect(analysis.finding.triage == nil)
                #expect(analysis.finding.probabilities.isEmpty && analysis.finding.lungs.isEmpty)
                #expect(analysis.stages.map(\.name) == ["resample", "check"])
            }
            let lungs = try pipeline.measure(input, options: MeasurementOptions(lungsOnly: true))
            #expect(lungs.finding.lungs.count == 2)
        }
    }

    @Test("What the check lets pass has the finding that it has without a check")
    func passed() throws {
        let golden = try WeightsFile(contentsOf: PipelineTests.fixture)
        let input = RadiographInput(grey: try PipelineTests.plane(golden, "0.grey"))
        var plain = try StartingBundle.pipeline.get().analyse(input).finding
        try Self.pipeline(.upright) { pipeline in
            let finding = try pipeline.analyse(input).finding
            #expect(finding.bundle.digest != plain.bundle.digest)
            plain.bundle = finding.bundle
            #expect(finding == plain)
        }
    }
}
