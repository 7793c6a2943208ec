import HilumTesting
import Imaging
import NeuralNetworks
import Testing

@testable import Diagnosis

@Suite struct PatchTests {
    @Test("Of two looks at one patch the second is in the mirror: both logits count, and its map is turned back")
    func secondInTheMirror() throws {
        let golden = try WeightsFile(contentsOf: PipelineTests.fixture)
        let pipeline = try StartingBundle.pipeline.get()
        var settings = try #require(pipeline.bundle.configuration.radiograph)
        let network = try #require(pipeline.classification)
        let box = try #require(
            LungBox(
                analysisImage: PipelineTests.plane(golden, "0.square"),
                labels: PipelineTests.plane(golden, "0.labels256"), settings: settings.box))
        let rect = PixelRect(x: 20, y: 10, width: settings.patchSide, height: settings.patchSide)
        let cut = box.grey.cropped(to: rect)
        let apart = try network.answer(of: [cut, cut.mirrored], PatchInput(settings))

        settings.mirrorsEverySecondPatch = true
        let result = try PatchClassifier(settings: settings, network: network).classify(box, patches: [rect, rect])
        #expect(result.logits == apart.meanLogits && apart.logits[0] != apart.logits[1])
        let maps = ActivationMap(
            classWeight: network.classWeight, abnormal: settings.limits.topAbnormal(result.logits),
            normal: settings.limits.normalIndex
        ).planes(apart.maps)
        let seen = maps[0].resized(width: rect.width, height: rect.height)
        let mirrored = maps[1].resized(width: rect.width, height: rect.height).mirrored
        let inside = result.activation.cropped(to: rect)
        #expect(inside.pixels.contains { $0 > 0 } && mirrored.mirrored.pixels != mirrored.pixels)
        let errors = inside.pixels.indices.map { index in
            abs(inside.pixels[index] - (seen.pixels[index] + mirrored.pixels[index]) / 2)
        }
        #expect(try #require(errors.max()) <= 1e-4)

        settings.mirrorsEverySecondPatch = false
        let plain = try PatchClassifier(settings: settings, network: network).classify(box, patches: [rect, rect])
        #expect(plain.logits == apart.logits[0])
    }
}
