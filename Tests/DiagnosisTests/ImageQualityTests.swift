import Imaging
import Testing

@testable import Diagnosis

@Suite("A quality is called what was measured")
struct ImageQualityTests {
    let limits = ImageQuality.Limits(minimumEntropy: 4, maximumClipped: 0.1)

    /// Lungs everywhere but in the first row, which is white.
    private func measures(_ grey: (Int) -> UInt8) throws -> ImageQuality.Measures {
        var image = GreyPlane(width: 16, height: 17, repeating: 255)
        var labels = LabelPlane(width: 16, height: 17, repeating: 0)
        for index in 16..<272 {
            image.pixels[index] = grey(index - 16)
            labels.pixels[index] = index % 2 == 0 ? 1 : 2
        }
        return try #require(ImageQuality.Measures(image, lungs: labels))
    }

    /// Entropy of n equally frequent values is log2 n.
    @Test(arguments: [1, 2, 4, 16, 256])
    func theEntropyOfEquallyFrequentLevelsIsTheLogarithmOfTheirNumber(levels: Int) throws {
        let measured = try measures { UInt8($0 * levels / 256 * (256 / levels)) }
        #expect(abs(measured.entropy - Double(levels.trailingZeroBitCount)) < 1e-12)
        #expect(measured.clipped == (levels == 256 ? 2.0 / 256 : 1.0 / Double(levels)))
    }

    @Test func withoutLungsNothingIsMeasured() {
        let plane = GreyPlane(width: 4, height: 4, repeating: 7)
        #expect(ImageQuality.Measures(plane, lungs: LabelPlane(width: 4, height: 4, repeating: 0)) == nil)
        #expect(ImageQuality(nil, reasons: [.view], limits: limits) == nil)
    }

    @Test func itIsGoodOnlyWhenEverythingWasMeasuredAndNothingDoubted() throws {
        let full = try measures { UInt8($0) }
        #expect(ImageQuality(full, reasons: [], limits: limits)?.grade == .good)
        #expect(ImageQuality(full, reasons: [.lowProbability], limits: limits)?.grade == .good)
        for doubt in [ReviewReason.lungsNotFound, .lungsImplausible, .outOfDistribution] {
            let quality = ImageQuality(full, reasons: [doubt], limits: limits)
            #expect(quality != nil && quality?.grade == nil, "\(doubt)")
        }
        #expect(
            ImageQuality(full, reasons: [], limits: nil)?.grade == nil, "a bundle without limits calls nothing good")
    }

    @Test func whatIsMissingIsNamed() throws {
        let flat = ImageQuality(try measures { UInt8(100 + $0 % 4) }, reasons: [], limits: limits)
        #expect(flat?.grade == .poor && flat?.defects == [.fewGreyLevels])
        let clipped = ImageQuality(try measures { UInt8($0 < 64 ? 0 : $0) }, reasons: [], limits: limits)
        #expect(clipped?.grade == .poor && clipped?.defects == [.clipped])
        #expect(ImageQuality(nil, reasons: [.torn], limits: nil)?.grade == .unusable)
        #expect(ImageQuality(nil, reasons: [.undecodable], limits: nil)?.defects == [.undecodable])
    }
}
