import Foundation
import HilumTesting
import Imaging
import NeuralNetworks
import Testing

@testable import Diagnosis

/// The stages together, with the starting bundle.
@Suite struct PipelineTests {
    static let fixture = Workplace.root.appending(path: "Tests/NeuralNetworksTests/Fixtures/golden.safetensors")
    static let shared = Workplace.shared?.appending(path: "models/golden.safetensors")

    static let goldenCases = [(fixture, 0)] + (shared.map { file in (0..<3).map { (file, $0) } } ?? [])

    static func plane(_ file: WeightsFile, _ name: String) throws -> GreyPlane {
        let shape = try #require(file.shape(of: name))
        return GreyPlane(width: shape[1], height: shape[0], pixels: try file.bytes(name))
    }

    @Test(
        "Labels agree with the reference on 99.9 % of pixels, from its square and from the image",
        arguments: goldenCases)
    func labelsAgree(_ file: URL, _ image: Int) throws {
        let golden = try WeightsFile(contentsOf: file)
        let expected = try Self.plane(golden, "\(image).labels256")
        let pipeline = try StartingBundle.pipeline.get()
        let segmentation = LungSegmentation(
            settings: pipeline.bundle.configuration.segmentation, executor: pipeline.segmentation)
        let logits = try segmentation.logits(of: Self.plane(golden, "\(image).square"))
        let labels = LungSegmentation.labels(logits: logits, side: 256).cleanedLungLabels()
        #expect(Self.agreement(labels, expected) >= 0.999)
        let grey = try Self.plane(golden, "\(image).grey")
        let own = try segmentation.labels(of: grey.enhanced())
        let rect = PixelRect.fitting(width: grey.width, height: grey.height, into: 256)
        #expect(Self.agreement(own, expected.cropped(to: rect)) >= 0.999)
    }

    @Test("Who looks at the mirrored image too finds there the same lungs, sides exchanged")
    func mirroredImages() throws {
        let golden = try WeightsFile(contentsOf: Self.fixture)
        let pipeline = try StartingBundle.pipeline.get()
        var settings = pipeline.bundle.configuration.segmentation
        settings.mirroredToo = true
        let segmentation = LungSegmentation(settings: settings, executor: pipeline.segmentation)
        let grey = try Self.plane(golden, "0.grey").enhanced()
        let labels = try segmentation.labels(of: grey)
        let mirrored = try segmentation.labels(of: grey.mirrored)
        #expect(Self.agreement(labels.mirrored.map { $0 == 0 ? 0 : 3 - $0 }, mirrored) >= 0.9999)
        settings.mirroredToo = false
        let once = LungSegmentation(settings: settings, executor: pipeline.segmentation)
        #expect(try once.labels(of: grey) != labels)
        let alone = try once.labels(of: grey.mirrored)
        #expect(try Self.agreement(once.labels(of: grey).mirrored.map { $0 == 0 ? 0 : 3 - $0 }, alone) < 0.9999)
    }

    static func agreement(_ left: LabelPlane, _ right: LabelPlane) -> Double {
        guard left.pixels.count == right.pixels.count else { return 0 }
        return Double(zip(left.pixels, right.pixels).count { $0 == $1 }) / Double(left.pixels.count)
    }

    static func finding(threads: Int) throws -> Data {
        let golden = try WeightsFile(contentsOf: fixture)
        let pipeline = try Pipeline(bundle: StartingBundle.bundle.get(), threads: threads)
        let analysis = try pipeline.analyse(
            RadiographInput(grey: plane(golden, "0.grey"), spacing: PixelSpacing(row: 1.5, column: 1.5)))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return try encoder.encode(analysis.finding)
    }

    @Test("The same image gives the same bytes, with one thread and with two")
    func findingsAreDeterministic() throws {
        let first = try Self.finding(threads: 2)
        #expect(try Self.finding(threads: 2) == first)
        #expect(try Self.finding(threads: 1) == first)
    }

    @Test("A radiograph that is stored mirrored has the same finding, sides included, on the mirrored image")
    func mirroredRadiograph() throws {
        let grey = try Self.plane(WeightsFile(contentsOf: Self.fixture), "0.grey")
        let pipeline = try StartingBundle.pipeline.get()
        let plain = try pipeline.analyse(RadiographInput(grey: grey))
        let turned = try pipeline.analyse(
            RadiographInput(grey: grey.mirrored, stated: StatedFacts(isMirrored: true)))
        #expect(turned.finding.probabilities == plain.finding.probabilities)
        #expect(turned.finding.lungs.map(\.side) == plain.finding.lungs.map(\.side))
        for (lung, twin) in zip(plain.finding.lungs, turned.finding.lungs) {
            let middle = lung.contours.joined().reduce(0) { $0 + $1.x } / Double(lung.contours.joined().count)
            let other = twin.contours.joined().reduce(0) { $0 + $1.x } / Double(twin.contours.joined().count)
            #expect(abs(middle + other - Double(grey.width)) < 1e-6)
        }
        let labels = try #require(plain.images[0].labels)
        let image = turned.images[0]
        #expect(image.labels == labels.mirrored && image.activation == plain.images[0].activation?.mirrored)
    }

    @Test("A radiograph's finding is whole")
    func findingIsWhole() throws {
        let golden = try WeightsFile(contentsOf: Self.fixture)
        let grey = try Self.plane(golden, "0.grey")
        let analysis = try StartingBundle.pipeline.get().analyse(
            RadiographInput(grey: grey, spacing: PixelSpacing(row: 1.5, column: 1.5)))
        let finding = analysis.finding
        #expect(finding.lungs.map(\.side) == [.right, .left])
        for lung in finding.lungs {
            #expect(lung.contours.count == 1)
            let enclosed = lung.contours.reduce(0) { $0 + Outlines.area(of: $1) }
            #expect(abs(enclosed - lung.pixelArea) < 0.05 * lung.pixelArea)
            #expect(lung.area.map { abs($0 - lung.pixelArea * 2.25) < 1e-6 } == true)
            for point in lung.contours.joined() {
                #expect((0...Double(grey.width)).contains(point.x) && (0...Double(grey.height)).contains(point.y))
            }
        }
        #expect(finding.probabilities.map(\.name) == [.normal, .lungOpacity, .viralPneumonia, .covid19])
        #expect(abs(finding.probabilities.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        #expect(finding.agreement != nil)
        #expect(finding.texture?.features.contains { $0.name == "haralick.contrast" } == true)
        #expect(finding.texture?.features.contains { $0.name == "haralick.contrast.range" } == true)
        #expect(finding.bundle == StartingBundle.pipeline.map(\.bundle.identity).flatMapToOptional())
        let image = try #require(analysis.images.first)
        #expect(image.labels?.width == grey.width && image.labels?.height == grey.height)
        if finding.topClass?.name != .normal {
            let activation = try #require(image.activation)
            #expect(activation.pixels.allSatisfy { (0...1).contains($0) })
            #expect(finding.activationShare.map { (0...1).contains($0) } == true)
        }
        #expect(analysis.stages.map(\.name).contains("classify"))
    }

    @Test("A picture too small to show lungs has none", arguments: [(3, 3), (63, 4000), (2000, 40)])
    func tooSmall(width: Int, height: Int) throws {
        let pixels = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        let grey = GreyPlane(width: width, height: height, pixels: pixels)
        let finding = try StartingBundle.pipeline.get().analyse(RadiographInput(grey: grey)).finding
        #expect(finding.outcome == .review && finding.reasons.contains(.lungsNotFound))
        #expect(finding.probabilities.isEmpty && finding.parameters.isEmpty)
    }

    @Test("Random patches depend on their seed alone")
    func randomPatches() throws {
        let golden = try WeightsFile(contentsOf: Self.fixture)
        let input = RadiographInput(grey: try Self.plane(golden, "0.grey"))
        let pipeline = try StartingBundle.pipeline.get()
        let first = try pipeline.analyse(input, patches: .random(count: 3, seed: 5)).finding
        #expect(try pipeline.analyse(input, patches: .random(count: 3, seed: 5)).finding == first)
        let other = try pipeline.analyse(input, patches: .random(count: 3, seed: 6)).finding
        #expect(other.probabilities != first.probabilities)
        #expect(first.parameters == ["classified in f32", "3 random patches, seed 5"])
    }

    struct Odd: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var plane: GreyPlane
    }

    static let odd = [
        Odd(testDescription: "no pixels", plane: GreyPlane(width: 0, height: 0, pixels: [])),
        Odd(testDescription: "one pixel", plane: GreyPlane(width: 1, height: 1, pixels: [7])),
        Odd(testDescription: "black", plane: GreyPlane(width: 300, height: 200, repeating: 0)),
        Odd(testDescription: "white", plane: GreyPlane(width: 200, height: 300, repeating: 255)),
        Odd(testDescription: "noise", plane: TestImages.noise(width: 256, height: 256)),
        Odd(testDescription: "one row of 20000", plane: TestImages.noise(width: 20000, height: 1)),
        Odd(testDescription: "one column of 20000", plane: TestImages.noise(width: 1, height: 20000)),
        Odd(testDescription: "20000 wide", plane: GreyPlane(width: 20000, height: 60, repeating: 90)),
        Odd(testDescription: "two dark fields", plane: TestImages.chest(width: 300, height: 280)),
    ]

    @Test("No image crashes; one without lungs is a review", arguments: odd)
    func oddImages(_ odd: Odd) throws {
        let pipeline = try StartingBundle.pipeline.get()
        let size = (odd.plane.width, odd.plane.height)
        for spacing in [nil, PixelSpacing(row: 0.1, column: 0.2), PixelSpacing(row: .nan, column: -1)] {
            let finding = try pipeline.analyse(RadiographInput(grey: odd.plane, spacing: spacing)).finding
            #expect(finding.outcome == .review || finding.lungs.count == 2)
            #expect(finding.lungs.allSatisfy { $0.area?.isFinite ?? true })
        }
        let none = Mask(width: size.0, height: size.1, repeating: 0)
        let blind = try pipeline.analyse(RadiographInput(grey: odd.plane, valid: none)).finding
        #expect(blind.outcome == .review)
        let wrongSize = Mask(width: 3, height: 2, repeating: 0)
        _ = try pipeline.analyse(RadiographInput(grey: odd.plane, valid: wrongSize))
        let ct = try pipeline.analyse(CTInput(slices: [CTSlice(hounsfield: nil, grey: odd.plane)])).finding
        #expect(ct.outcome == .review)
    }

    @Test("A blank image is a review for lungs, expedited")
    func blankImage() throws {
        let finding = try StartingBundle.pipeline.get().analyse(
            RadiographInput(grey: GreyPlane(width: 256, height: 256, repeating: 0))
        ).finding
        #expect(finding.reasons == [.lungsNotFound])
        #expect(finding.triage == .expedited)
        #expect(finding.probabilities.isEmpty)
    }

    @Test("Another body part or view is not looked at")
    func statedFactsEndTheWork() throws {
        let input = RadiographInput(
            grey: TestImages.chest(width: 64, height: 64), stated: StatedFacts(bodyPart: "HAND", view: "LL"))
        let analysis = try StartingBundle.pipeline.get().analyse(input)
        #expect(analysis.finding.reasons == [.bodyPart, .view])
        #expect(analysis.finding.triage == nil)
        #expect(analysis.stages.isEmpty)
    }
}

extension Result {
    fileprivate func flatMapToOptional() -> Success? { try? get() }
}
