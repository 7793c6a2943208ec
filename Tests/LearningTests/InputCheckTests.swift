import Diagnosis
import Foundation
import HilumTesting
import Imaging
import NeuralNetworks
import Testing

@testable import Learning

@Suite struct InputCheckTests {
    /// Bright on top, brightest to the left.
    static let image: GreyPlane = {
        var plane = GreyPlane(width: 60, height: 80, repeating: 40)
        for row in 0..<80 {
            for column in 0..<60 where row < 30 { plane.pixels[row * 60 + column] = column < 30 ? 230 : 110 }
        }
        return plane
    }()

    static func material() -> InputCheckAugmentation.Material {
        .init(image: image, second: image.upsideDown, slice: image.turnedLeft)
    }

    static func sample(_ kind: InputKind, _ index: Int) -> [Float] {
        var stream = RandomStream(seed: 4, .augmentation, index: UInt64(index))
        return InputCheckAugmentation().sample(kind, of: material(), side: 32, &stream)
    }

    @Test("A sample's number decides it; its grey levels are grey levels", arguments: InputKind.allCases)
    func deterministic(_ kind: InputKind) {
        for index in 0..<50 {
            let values = Self.sample(kind, index)
            #expect(values == Self.sample(kind, index))
            #expect(values.count == 32 * 32 && values.allSatisfy { (0...255).contains($0) })
        }
        #expect(Set((0..<50).map { Self.sample(kind, $0) }).count > 45)
    }

    /// Means of the upper, lower, left and right half.
    static func halves(_ values: [Float]) -> (top: Float, bottom: Float, left: Float, right: Float) {
        var sums: (top: Float, bottom: Float, left: Float, right: Float) = (0, 0, 0, 0)
        for (index, value) in values.enumerated() {
            if index < values.count / 2 { sums.top += value } else { sums.bottom += value }
            if index % 32 < 16 { sums.left += value } else { sums.right += value }
        }
        return sums
    }

    @Test("What was on top lies where the kind says, with mirrors too")
    func turns() {
        var (top, left) = (0, 0)
        for index in 0..<100 {
            let turnedLeft = Self.halves(Self.sample(.turnedLeft, index))
            #expect(turnedLeft.left > turnedLeft.right)
            let turnedRight = Self.halves(Self.sample(.turnedRight, index))
            #expect(turnedRight.right > turnedRight.left)
            let below = Self.halves(Self.sample(.upsideDown, index))
            #expect(below.bottom > below.top)
            let upright = Self.halves(Self.sample(.upright, index))
            let mirrored = Self.halves(Self.sample(.mirrored, index))
            if upright.top > upright.bottom && mirrored.top > mirrored.bottom { top += 1 }
            if upright.left > upright.right && mirrored.right > mirrored.left { left += 1 }
        }
        // A few are shifted or have a part blackened.
        #expect(top > 95 && left > 70)
    }

    /// numpy.rot90 of [[1, 2, 3], [4, 5, 6]].
    @Test("Exact changes are numpy's")
    func exactChanges() {
        let plane = GreyPlane(width: 3, height: 2, pixels: [1, 2, 3, 4, 5, 6])
        #expect(plane.turnedLeft == GreyPlane(width: 2, height: 3, pixels: [3, 6, 2, 5, 1, 4]))
        #expect(plane.upsideDown == GreyPlane(width: 3, height: 2, pixels: [6, 5, 4, 3, 2, 1]))
        #expect(plane.inverted.pixels == [254, 253, 252, 251, 250, 249])
        let square = GreyPlane(width: 2, height: 2, pixels: [1, 2, 3, 4])
        let other = GreyPlane(width: 2, height: 2, pixels: [5, 6, 7, 8])
        #expect(square.beside(other, below: false).pixels == [1, 2, 5, 6, 3, 4, 7, 8])
        #expect(square.beside(other, below: true).pixels == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test("Drawings depend on their numbers alone, and differ", arguments: DrawnImage.allCases)
    func drawings(_ drawing: DrawnImage) {
        func draw(_ index: UInt64) -> GreyPlane {
            var stream = RandomStream(seed: 9, .augmentation, index: index)
            return drawing.plane(&stream)
        }
        for index in 0..<20 as Range<UInt64> { #expect(draw(index) == draw(index)) }
        #expect(Set((0..<20).map { draw($0).pixels }).count == 20)
    }

    static func examples() -> [InputCheckExamples.Example] {
        var examples = InputCheckExamples(input: SegmentationInput(side: 32, mean: 0.5, deviation: 0.25))
        for _ in 0..<100 { examples.addChanges(of: image, second: image) }
        examples.addDrawings(2)
        return examples.examples
    }

    @Test("Fitted limits send the share of upright examples to review that was asked for")
    func fitting() {
        let examples = Self.examples()
        var number = 0.0
        let logits = examples.map { example -> [Double] in
            number += 1
            let doubt = (number * 0.618).truncatingRemainder(dividingBy: 1)
            return InputKind.allCases.map {
                if $0 == example.kind { return 4 }
                guard example.kind == .upright else { return 0 }
                return $0 == .mirrored ? 6 * doubt : $0 == .other ? 6 * (1 - doubt) : 0
            }
        }
        let rule = InputCheckRule.fitted(examples, logits: logits, share: 0.1)
        let summary = InputCheckSummary(examples, logits: logits, rule: rule)
        let upright = summary.groups.first { $0.name == "upright" }
        #expect(upright?.images == 100)
        #expect((5...10).contains(upright?.reviewed ?? 0))
        #expect(upright?.reasons["mirrored"] ?? 0 > 0 && upright?.reasons["not_a_chest_radiograph"] ?? 0 > 0)
        let inverted = summary.groups.first { $0.name == "inverted" }
        #expect(inverted?.share == 1 && inverted?.reasons["inverted"] == inverted?.images)
        #expect(summary.groups.map(\.images).reduce(0, +) == examples.count)
    }

    @Test("Equal requests give equal batches, with the kinds in their shares")
    func batches() throws {
        try Workplace.withTemporaryFolder { folder in
            let rows = try (0..<4).map { index in
                let file = folder.appending(path: "\(index).png")
                try ImageFile.writePNG(Self.image, to: file.path)
                return TrainingRow(path: file.path, label: 0, source: "a", place: "line \(index)")
            }
            let task = try InputCheckTask(
                TrainingRows(classes: ["x"], train: Array(rows[..<2]), validation: Array(rows[2...]), from: "here"),
                slices: nil, input: SegmentationInput(side: 32, mean: 0.5, deviation: 0.25), longSide: 256,
                threads: 2, shouldStop: { false }, report: { _ in })
            let request = BatchRequest(seed: 3, first: 10, count: 400, side: 32)
            let batch = task.batch(request)
            #expect(task.batch(request) == batch)
            #expect(batch.input.shape == [400, 1, 32, 32])
            var part = request
            (part.first, part.count) = (50, 1)
            #expect(task.batch(part).labels[0] == batch.labels[40])
            for (kind, share) in InputCheckTask.shares.enumerated() {
                let found = Float(batch.labels.count { $0 == TrainingTarget.label(of: kind) }) / 400
                #expect(abs(found - share) < 0.08)
            }
            #expect(Set(task.examples.map(\.kind)) == Set(InputKind.allCases))
            let weights = try StartingWeights(task.network, from: nil, seed: 1).parameters
            let result = try task.validate(
                ValidationRequest(parameters: weights, side: 32, threads: 1, isThorough: false))
            #expect(result.macroF1 != nil && result.loss.isFinite)
        }
    }
}
