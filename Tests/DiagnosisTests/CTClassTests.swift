import Foundation
import Imaging
import NeuralNetworks
import Testing

@testable import Diagnosis

/// Classes of CT slices and series, and how dense their lungs are (method §8).
@Suite struct CTClassTests {
    /// The starting bundle with its classifier as one of slices, too. Only two of its four classes have a name that
    /// means something on CT.
    static let pipeline = Result {
        try StartingBundle.copy { folder in
            let file = folder.appending(path: "bundle.yaml")
            let text = try String(contentsOf: file, encoding: .utf8)
            let changed = text.replacing("  classes: none\n", with: Self.section)
                .replacing("classes: [normal]", with: "classes: [normal, non_covid, third, fourth]")
            try changed.write(to: file, atomically: true, encoding: .utf8)
            return try Pipeline(bundle: ModelBundle.load(from: folder), threads: 2)
        }
    }

    static let section = """
          involvement: [-500, 100]
          classification:
            network: resnet101
            weights: resnet101.safetensors
            classes: [non_covid, covid19, third, fourth]
            normal: non_covid
            shows: slice
            input_side: 64
            mean: [0.485, 0.456, 0.406]
            deviation: [0.229, 0.224, 0.225]
            temperature: 1
            review: {minimum_probability: 0, minimum_logsumexp: -1000}
            activation: {threshold: 0, scale: 1}

        """

    static let limits = ClassLimits(
        classes: [.covid19, .nonCovid], normal: .nonCovid, temperature: 1, minimumProbability: 0, minimumAgreement: 0,
        minimumLogSumExp: -1000)

    private static func logits(_ shares: [Double]) -> [[Double]] { shares.map { [log($0), log(1 - $0)] } }

    @Test(
        "A series is as probable as the quarter of its slices that is most so",
        arguments: [
            ([0.3], 0.3), ([0.1, 0.9, 0.2], 0.9), ([0.1, 0.9, 0.2, 0.3], 0.9), ([0.1, 0.9, 0.7, 0.2, 0.3], 0.8),
            (Array(repeating: 0.1, count: 24) + Array(repeating: 0.8, count: 8), 0.8),
        ])
    func series(shares: [Double], expected: Double) {
        let values = Self.limits.probabilities(ofSeries: Self.logits(shares))
        #expect(abs(values[0] - expected) < 1e-12)
        #expect(abs(values[1] - (1 - expected)) < 1e-12)
    }

    @Test("Several abnormal classes never sum to more than one")
    func severalClasses() {
        var limits = Self.limits
        limits.classes = [.nonCovid, .covid19, FindingClass(rawValue: "other")]
        let values = limits.probabilities(
            ofSeries: [[log(0.1), log(0.8), log(0.1)], [log(0.1), log(0.1), log(0.8)], [0, 0, 0]])
        #expect(values[0] == 0)
        #expect(abs(values[1] - 0.5) < 1e-12 && abs(values[2] - 0.5) < 1e-12)
    }

    @Test("A series has a class, an agreement, and an activation on each slice that was looked at")
    func classOfASeries() throws {
        let analysis = try Self.pipeline.get().analyse(CTTests.series([0, 0.3, 0.8, 1, 1, 0.8, 0.3, 0]))
        let finding = analysis.finding
        guard case .classified(let name) = finding.outcome else {
            Issue.record("\(finding.outcome) \(finding.reasons)")
            return
        }
        #expect(finding.reasons.isEmpty)
        #expect(finding.probabilities.map(\.name.rawValue) == ["non_covid", "covid19", "third", "fourth"])
        #expect(abs(finding.probabilities.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        let agreement = try #require(finding.agreement)
        #expect((0...1).contains(agreement) && (agreement * 4).rounded() == agreement * 4)
        #expect(finding.parameters == ["classified in f32"])
        #expect((finding.activationShare == nil) == (name == .nonCovid))
        for image in analysis.images {
            #expect(image.activation?.pixels.count == (name == .nonCovid ? nil : image.labels?.pixels.count))
        }
        let again = try Pipeline(sharing: Self.pipeline.get()).analyse(
            CTTests.series([0, 0.3, 0.8, 1, 1, 0.8, 0.3, 0]))
        #expect(again.finding == finding)
    }

    @Test("One slice without lungs is a review, with what the network says; a tiny one says nothing")
    func singleSlices() throws {
        let plane = TestImages.noise(width: 200, height: 180)
        let finding = try Self.pipeline.get().analyse(CTInput(slices: [CTSlice(hounsfield: nil, grey: plane)])).finding
        #expect(finding.outcome == .review)
        #expect(finding.reasons.contains(.lungsNotFound))
        #expect(finding.probabilities.count == 4)
        let small = CTSlice(hounsfield: nil, grey: GreyPlane(width: 40, height: 300, repeating: 7))
        let nothing = try Self.pipeline.get().analyse(CTInput(slices: [small])).finding
        #expect(nothing.probabilities.isEmpty && nothing.reasons == [.lungsNotFound])
    }

    @Test("Lungs with a texture that real ones never have are unlike what the network knows")
    func texture() throws {
        let input = CTTests.series([0.8, 1, 0.8])
        let features = try #require(try Self.pipeline.get().analyse(input).finding.texture?.features)
        let entropy = try #require(features.first { $0.name == "haralick.entropy" }?.value)
        func reasons(_ domain: ClosedRange<Double>) throws -> [ReviewReason] {
            let bundle = try Self.pipeline.get().bundle.with {
                $0.ct.classification?.texture = ["haralick.entropy": domain, "haralick.contrast": -1...1e9]
            }
            return try Pipeline(bundle: bundle, threads: 2).analyse(input).finding.reasons
        }
        #expect(try reasons(entropy - 0.1...entropy + 0.1) == [])
        #expect(try reasons(entropy + 0.1...9) == [.outOfDistribution])
        let odd = try StartingBundle.text("bundle.yaml").replacing(
            "  classes: none\n", with: Self.section.replacing("-1000}", with: "-1000, texture: {smell: [0, 1]}}"))
        let error = #expect(throws: BundleError.self) { try BundleConfiguration(yaml: odd, path: "bundle.yaml") }
        #expect(error?.description.contains("smell: is not a feature") == true)
    }

    @Test("Small slices of a series are left out; the others have a class")
    func smallSlices() throws {
        var input = CTTests.series([0.8, 1, 0.8])
        let plane = CTTests.slice(side: 48, lung: 1)
        input.slices.append(CTSlice(hounsfield: plane, grey: CTTests.grey(plane)))
        let analysis = try Self.pipeline.get().analyse(input)
        #expect(analysis.images.map(\.index) == [0, 1, 2])
        #expect(analysis.finding.probabilities.count == 4)
        let alone = try Self.pipeline.get().analyse(CTInput(slices: [input.slices[3]])).finding
        #expect(alone.outcome == .review && !alone.reasons.isEmpty)
    }

    @Test("Another stated body part is no more than that: lungs and texture, no class, no urgency")
    func bodyPart() throws {
        var input = CTTests.series([0.8, 1, 0.8])
        input.stated.bodyPart = "ABDOMEN"
        let finding = try Self.pipeline.get().analyse(input).finding
        #expect(finding.reasons == [.bodyPart] && finding.probabilities.isEmpty && finding.triage == nil)
        #expect(finding.lungVolume != nil)
    }

    @Test("What lies outside the lungs is black, and a slice without lungs stays whole")
    func lungsOnly() {
        let slice = CTTests.grey(CTTests.slice(side: 256, lung: 1))
        let square = SliceInput(lungsOnly: true).square(of: slice)
        #expect(square[row: 51, column: 148] == 0 && slice[row: 51, column: 148] > 0)
        #expect(square[row: 128, column: 77] == slice[row: 128, column: 77])
        #expect(SliceInput(lungsOnly: false).square(of: slice) == slice)
        let solid = CTTests.grey(CTTests.slice(side: 256, lung: 0))
        #expect(SliceInput(lungsOnly: true).square(of: solid) == solid)
    }

    @Test("Involvement is the share of the lungs that is dense; a picture has none")
    func involvement() throws {
        var input = CTTests.series([0.8, 1, 0.8])
        let clear = try #require(try Self.pipeline.get().analyse(input).finding.involvement)
        // The vessel: one hundredth of a lung's ellipse, and what lies on pixels at its edge.
        #expect(clear < 0.03)
        for index in input.slices.indices {
            input.slices[index].hounsfield = input.slices[index].hounsfield.map { plane in
                var plane = plane
                for row in 0..<plane.height / 2 {
                    for column in 0..<plane.width where plane[row: row, column: column] == -850 {
                        plane[row: row, column: column] = -450
                    }
                }
                return plane
            }
        }
        let half = try #require(try Self.pipeline.get().analyse(input).finding.involvement)
        #expect(abs(half - 0.5) < 0.03)
        for index in input.slices.indices { input.slices[index].hounsfield = nil }
        #expect(try Self.pipeline.get().analyse(input).finding.involvement == nil)
    }

    @Test("A class of CT without a rule of triage is an error of the bundle")
    func triageCoversTheClasses() throws {
        let text = try StartingBundle.text("bundle.yaml").replacing("  classes: none\n", with: Self.section)
        let error = #expect(throws: BundleError.self) { try BundleConfiguration(yaml: text, path: "bundle.yaml") }
        #expect(error?.description.contains("non_covid has no rule") == true, "\(error?.description ?? "")")
    }
}
