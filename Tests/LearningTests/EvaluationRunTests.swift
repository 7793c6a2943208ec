import Diagnosis
import Foundation
import Imaging
import NeuralNetworks
import Testing

@testable import Learning

/// One image through the whole pipeline, with the starting bundle.
@Suite final class EvaluationRunTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let pipeline = Result {
        try Pipeline(bundle: ModelBundle.load(from: root.appending(path: "Models/starting")), threads: 2)
    }
    static let grey = Result {
        let golden = try WeightsFile(
            contentsOf: root.appending(path: "Tests/NeuralNetworksTests/Fixtures/golden.safetensors"))
        let shape = try #require(golden.shape(of: "0.grey"))
        return GreyPlane(width: shape[1], height: shape[0], pixels: try golden.bytes("0.grey"))
    }

    let folder = FileManager.default.temporaryDirectory.appending(path: "hilum-\(UUID().uuidString)")

    init() throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func row(mask: LabelPlane? = nil, convention: String? = nil) throws -> LabelledManifest.Row {
        let (image, maskFile) = (folder.appending(path: "a.png"), folder.appending(path: "a.mask.png"))
        try ImageFile.writePNG(Self.grey.get(), to: image.path)
        if let mask { try ImageFile.writePNG(mask, to: maskFile.path) }
        return LabelledManifest.Row(
            path: image.path, name: "covid19", source: "s", split: "val", group: "g",
            maskPath: mask == nil ? nil : maskFile.path, convention: convention)
    }

    @Test("A result says what an analysis of the image finds")
    func result() throws {
        let pipeline = try Self.pipeline.get()
        let finding = try pipeline.analyse(RadiographInput(grey: Self.grey.get())).finding
        let result = try EvaluationRun(pipeline: pipeline, keepsFeatures: true).result(of: row())
        #expect(result.probabilities == finding.probabilities.map(\.probability))
        #expect(result.outcome == finding.outcome.key && result.agreement == finding.agreement)
        let temperature = try #require(pipeline.bundle.configuration.radiograph?.temperature)
        for (value, probability) in zip(
            Logits.softmax(try #require(result.logits), temperature: temperature), result.probabilities)
        {
            #expect(close(value, probability, 1e-12))
        }
        #expect(result.texture.count == finding.texture?.features.count)
        #expect(result.candidates["fitted"] == finding.texture?.candidates?.map(\.rawValue))
        #expect(Set(result.table1.keys) == Set(TextureSummary.table1))
    }

    @Test("The last layer makes the mean logits of the averaged features")
    func features() throws {
        let pipeline = try Self.pipeline.get()
        let result = try EvaluationRun(pipeline: pipeline, keepsFeatures: true).result(of: row())
        let features = try #require(result.features)
        let weights = try #require(pipeline.bundle.classification)
        let weight = try weights.tensor(ResNet101.classWeight)
        let bias = try weights.tensor("fc.bias")
        for (name, logit) in (try #require(result.logits)).enumerated() {
            let sum = features.indices.reduce(Double(bias.values[name])) {
                $0 + Double(weight.values[name * features.count + $1]) * Double(features[$1])
            }
            #expect(close(sum, logit, 1e-4))
        }
    }

    @Test("A shortcut test changes what the classifier sees and nothing else", arguments: ShortcutTest.allCases)
    func shortcut(_ test: ShortcutTest) throws {
        let pipeline = try Self.pipeline.get()
        let plain = try EvaluationRun(pipeline: pipeline).result(of: row())
        let altered = try EvaluationRun(pipeline: pipeline, shortcut: test).result(of: row())
        #expect(altered.logits != plain.logits && altered.logits != nil)
        #expect(altered.texture == plain.texture && altered.candidates == plain.candidates)
    }

    @Test("What is left out changes the classifier's input and nothing else", arguments: Ablation.allCases)
    func ablation(_ part: Ablation) throws {
        let pipeline = try Self.pipeline.get()
        let plain = try EvaluationRun(pipeline: pipeline).result(of: row())
        let bundle = part.left(outOf: pipeline.bundle)
        #expect(bundle.identity == pipeline.bundle.identity)
        let without = try EvaluationRun(pipeline: Pipeline(bundle: bundle, threads: 2)).result(of: row())
        #expect(without.logits != plain.logits && without.logits != nil)
        #expect(without.texture == plain.texture && without.candidates == plain.candidates)
        #expect((without.agreement == 1) || part != .patches)
    }

    @Test("A CT slice is not looked at as a radiograph: a bundle without classes for it gives none")
    func slice() throws {
        let result = try EvaluationRun(pipeline: Self.pipeline.get(), kind: .ct).result(of: row())
        #expect(result.logits == nil && result.outcome == "review")
        #expect(result.reasons.contains("no_classes_for_modality"))
    }

    @Test("Labels agree with themselves as a mask; without the mask's left lung, with the right one alone")
    func lungs() throws {
        let pipeline = try Self.pipeline.get()
        let labels = try #require(try pipeline.analyse(RadiographInput(grey: Self.grey.get())).images[0].labels)
        let run = EvaluationRun(pipeline: pipeline)
        let whole = try run.agreement(of: row(mask: labels))
        #expect(whole.right == 1 && whole.left == 1 && whole.convention == .heartLeftOut)
        let half = try run.agreement(of: row(mask: labels.map { $0 == 2 ? 0 : $0 }, convention: "heart included"))
        #expect(half.right == 1 && half.left == 0 && half.convention == .heartIncluded)
    }

    @Test("Masks of another size, with other labels, of an unknown convention and missing ones are sentences")
    func badMasks() throws {
        let run = EvaluationRun(pipeline: try Self.pipeline.get())
        let size = try Self.grey.get()
        let good = LabelPlane(width: size.width, height: size.height, repeating: 0)
        #expect(throws: LabelledManifest.Problem.self) { try run.agreement(of: self.row()) }
        for mask in [LabelPlane(width: 3, height: 3, repeating: 0), good.map { _ in 3 }] {
            #expect(throws: LabelledManifest.Problem.self) { try run.agreement(of: self.row(mask: mask)) }
        }
        #expect(throws: LabelledManifest.Problem.self) {
            try run.agreement(of: self.row(mask: good, convention: "other"))
        }
    }
}
