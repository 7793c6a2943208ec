import Diagnosis
import Foundation
import Imaging
import Testing

@testable import Learning

@Suite struct AugmentationTests {
    @Test("Random numbers are SplitMix64's, and streams of other samples and purposes differ")
    func randomStream() throws {
        let fixture = try TrainingFixture.load()
        var stream = RandomStream(state: 1_234_567)
        #expect(fixture.splitMix == (0..<3).map { _ in String(stream.next()) })
        var starts: Set<UInt64> = []
        for index in 0..<100 {
            for purpose in [RandomStream.Purpose.choice, .augmentation, .recalibration, .dropout, .weights, .mixing] {
                var stream = RandomStream(seed: 1, purpose, index: UInt64(index))
                starts.insert(stream.next())
            }
        }
        #expect(starts.count == 600)
    }

    @Test("Distributions have their moments and bounds")
    func distributions() {
        var stream = RandomStream(seed: 3, .augmentation, index: 0)
        for draw in [{ (s: inout RandomStream) in s.normal() }, { (s: inout RandomStream) in s.gaussian() }] {
            let values = (0..<20_000).map { _ in Double(draw(&stream)) }
            let mean = values.reduce(0, +) / 20_000
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 20_000
            #expect(abs(mean) < 0.03 && abs(variance - 1) < 0.05)
        }
        var counts = [0, 0, 0]
        for _ in 0..<3000 { counts[stream.index(below: 3)] += 1 }
        #expect(counts.allSatisfy { abs($0 - 1000) < 120 })
        #expect((0..<1000).allSatisfy { _ in (2...3).contains(stream.uniform(2...3)) })
    }

    @Test("A turned, sheared, flipped view shows what scipy's interpolation gives, black beyond the plane")
    func views() throws {
        let fixture = try TrainingFixture.load()
        for wanted in fixture.views {
            let view = AffineView(
                side: wanted.side, centre: (wanted.centre[0], wanted.centre[1]), extent: wanted.extent,
                angle: wanted.angle, aspect: wanted.aspect, shear: wanted.shear, flipped: wanted.flipped)
            #expect(view.points == wanted.points)
            for (value, expected) in zip(view.values(of: fixture.plane), wanted.values) {
                #expect(abs(value - expected) < 0.02)
            }
        }
    }

    @Test("Labels of a view are those of the pixels it shows")
    func labels() {
        let plane = LabelPlane(width: 4, height: 4, pixels: [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 0, 0, 2, 2, 0, 0])
        let whole = AffineView(side: 4, centre: (2, 2), extent: 4)
        #expect(whole.nearest(of: plane) == plane.pixels)
        let flipped = AffineView(side: 4, centre: (2, 2), extent: 4, flipped: true)
        #expect(flipped.nearest(of: plane) == [1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 2, 2, 0, 0, 2, 2])
        let beyond = AffineView(side: 4, centre: (4, 4), extent: 4)
        #expect(beyond.nearest(of: plane) == [0, 0] + [0, 0] + [0, 0] + [0, 0] + Array(repeating: 0, count: 8))
    }

    /// Everything that is drawn, taken away.
    private var plain: PatchAugmentation {
        var augmentation = PatchAugmentation(box: LungBoxSettings(wiener: .mask), patchSide: 224)
        augmentation.dilation = 0.02...0.02
        (augmentation.holesShare, augmentation.resamplingShare, augmentation.flips) = (0, 0, 0)
        (augmentation.angle, augmentation.aspect, augmentation.shear) = (0, 0, 0)
        augmentation.scale = 1...1
        augmentation.grey = GreyAugmentation(gamma: 0, gain: 1...1, offset: 0, noiseShare: 0, erasingShare: 0)
        return augmentation
    }

    @Test("Without anything drawn a sample is one of inference's patches")
    func plainSample() throws {
        let image = Phantom.chest
        let box = try #require(
            LungBox(
                analysisImage: image.grey, labels: image.labels.plane, settings: LungBoxSettings(wiener: .mask)))
        for index in 0..<16 as Range<UInt64> {
            var stream = RandomStream(seed: 1, .augmentation, index: index)
            let whole = try #require(plain.sample(image, side: 224, &stream))
            let patches = (0...64).lazy.flatMap { y in
                (0...64).map { box.grey.cropped(to: PixelRect(x: $0, y: y, width: 224, height: 224)) }
            }
            let patch = try #require(patches.first { $0.pixels.map(Float.init) == whole })
            // Smaller ones are averaged, nearly as inference averages.
            for side in [64, 96, 128] where index < 2 {
                stream = RandomStream(seed: 1, .augmentation, index: index)
                let small = try #require(plain.sample(image, side: side, &stream))
                let wanted = PatchInput(side: side, mean: [0], deviation: [1]).fitted(patch)
                let differences = zip(small, wanted.pixels).map { abs($0 - Float($1)) }
                #expect(differences.reduce(0, +) / Float(differences.count) < 4)
            }
        }
    }

    @Test("Black stays black, and everything stays a grey level")
    func grey() {
        var stream = RandomStream(seed: 5, .augmentation, index: 9)
        for _ in 0..<50 {
            var values = (0..<1024).map { Float($0 % 256) }
            GreyAugmentation(erasingShare: 0).apply(to: &values, side: 32, &stream)
            #expect(values.allSatisfy { (0...255).contains($0) })
            #expect(stride(from: 0, to: 1024, by: 256).allSatisfy { values[$0] == 0 })
        }
        var whole = [Float](repeating: 100, count: 1024)
        GreyAugmentation(erasingShare: 1).apply(to: &whole, side: 32, &stream)
        let black = whole.count { $0 == 0 }
        #expect(black >= 16 && black <= 100)
    }

    @Test("A flip exchanges the lungs' sides with their places")
    func lungs() {
        var augmentation = LungAugmentation(flips: 1, blankShare: 0)
        (augmentation.angle, augmentation.shift, augmentation.aspect, augmentation.scale) = (0, 0, 0, 1...1)
        let image = Phantom.chest
        let labels = image.labels.plane
        var stream = RandomStream(seed: 1, .augmentation, index: 0)
        let sample = augmentation.sample(image.grey, labels, side: 256, &stream)
        for row in stride(from: 0, to: 256, by: 17) {
            for column in 0..<256 {
                let there = labels[row: row, column: 255 - column]
                #expect(sample.labels[row * 256 + column] == (there == 0 ? 0 : 3 - there))
            }
        }
    }

    @Test("A sample with only its lungs is black elsewhere")
    func blank() {
        var stream = RandomStream(seed: 1, .augmentation, index: 0)
        let sample = LungAugmentation(blankShare: 1).sample(
            Phantom.chest.grey, Phantom.chest.labels.plane, side: 64, &stream)
        #expect(zip(sample.grey, sample.labels).allSatisfy { $1 != 0 || $0 == 0 })
        #expect(sample.labels.contains(1) && sample.labels.contains(2))
    }
}

/// A made radiograph with its lungs.
enum Phantom {
    static let chest: PreparedImage = {
        var (grey, labels) = (
            GreyPlane(width: 256, height: 256, repeating: 0), LabelPlane(width: 256, height: 256, repeating: 0)
        )
        for row in 0..<256 {
            for column in 0..<256 {
                let (x, y) = (Double(column) - 127.5, Double(row) - 127.5)
                let lung = (abs(x) - 52) * (abs(x) - 52) / 1300 + y * y / 6000 < 1
                labels.pixels[row * 256 + column] = lung ? (x < 0 ? 1 : 2) : 0
                grey.pixels[row * 256 + column] = UInt8((lung ? 70 : 170) + (column * 7919 + row * 104_729) % 41)
            }
        }
        return PreparedImage(grey: grey, labels: labels)
    }()
}
