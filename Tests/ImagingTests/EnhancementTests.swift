import Testing

@testable import Imaging

@Suite struct EnhancementTests {
    @Test func equalisationEqualsOpenCV() throws {
        #expect(try Fixture.grey("grey").equalized() == Fixture.grey("equalized"))
    }

    /// Black outside a mask is the lowest level, which takes no part.
    @Test func equalisationOfBlackenedImageEqualsOpenCV() throws {
        let grey = try Fixture.grey("grey")
        let mask = try Fixture.grey("mask")
        let inside = GreyPlane(
            width: grey.width, height: grey.height, pixels: zip(grey.pixels, mask.pixels).map { $0 * $1 })
        #expect(inside.equalized() == (try Fixture.grey("equalized_masked")))
    }

    @Test func maskedEqualisationSeesOnlyTheMask() {
        let grey = GreyPlane(width: 6, height: 1, pixels: [10, 20, 30, 40, 200, 250])
        let mask = Mask(width: 6, height: 1, pixels: [1, 1, 1, 1, 0, 0])
        #expect(grey.equalized(mask: mask).pixels == [0, 85, 170, 255, 0, 0])
    }

    @Test func imageOfOneLevelStays() {
        let flat = GreyPlane(width: 3, height: 2, repeating: 99)
        #expect(flat.equalized() == flat)
        #expect(flat.wienerFiltered() == flat)
        #expect(GreyPlane(width: 0, height: 0, pixels: []).enhanced().pixels.isEmpty)
    }

    @Test func wienerEqualsOpenCVForm() throws {
        let grey = try Fixture.grey("grey")
        #expect(largestDifference(grey.wienerFiltered(), try Fixture.grey("wiener")) <= 1)
        #expect(differingShare(grey.wienerFiltered(), try Fixture.grey("wiener")) < 0.001)
    }

    @Test func wienerWithZeroBorderEqualsScipy() throws {
        let ours = try Fixture.grey("grey").wienerFiltered(border: .zero)
        #expect(largestDifference(ours, try Fixture.grey("wiener_zero")) <= 1)
        #expect(differingShare(ours, try Fixture.grey("wiener_zero")) < 0.001)
    }

    @Test func maskedWienerEqualsSumsOverTheMask() throws {
        let ours = try Fixture.grey("grey").wienerFiltered(mask: try Fixture.grey("mask"))
        #expect(largestDifference(ours, try Fixture.grey("wiener_masked")) <= 1)
    }

    @Test func maskOfEverythingNeverReadsBeyondTheBorder() {
        let everything = Mask(width: 203, height: 77, repeating: 1)
        let masked = Fixture.noisy.wienerFiltered(mask: everything)
        let whole = Fixture.noisy.wienerFiltered()
        for row in 1..<76 {
            for column in 1..<202 {
                #expect(abs(Int(masked[row: row, column: column]) - Int(whole[row: row, column: column])) <= 1)
            }
        }
    }
}

@Suite struct KernelVariantTests {
    @Test func everyVariantOfTheWienerFilterGivesTheSameBits() {
        for border in [WienerBorder.replicate, .zero] {
            let plain = Fixture.noisy.wienerFiltered(border: border, level: KernelLevel.available[0])
            for level in KernelLevel.available {
                #expect(Fixture.noisy.wienerFiltered(border: border, level: level) == plain, "\(level.name)")
            }
        }
    }

    /// In Swift, straight from the formula.
    @Test func wienerKernelEqualsPlainFormula() {
        let plane = Fixture.noisy
        let moments = (0..<plane.pixels.count).map { index -> (mean: Double, variance: Double) in
            let (x, y) = (index % plane.width, index / plane.width)
            var sum = 0.0
            var squares = 0.0
            for v in (y - 1)...(y + 1) {
                for u in (x - 1)...(x + 1) {
                    let row = min(max(v, 0), plane.height - 1)
                    let column = min(max(u, 0), plane.width - 1)
                    let value = Double(plane[row: row, column: column])
                    sum += value
                    squares += value * value
                }
            }
            return (sum / 9, squares / 9 - sum * sum / 81)
        }
        let noise = moments.reduce(0) { $0 + $1.variance } / Double(moments.count)
        let expected = zip(moments, plane.pixels).map { moment, pixel -> UInt8 in
            let gain = max(moment.variance - noise, 0) / max(moment.variance, noise)
            return UInt8((moment.mean + gain * (Double(pixel) - moment.mean)).rounded(.toNearestOrEven))
        }
        let reference = GreyPlane(width: plane.width, height: plane.height, pixels: expected)
        #expect(largestDifference(plane.wienerFiltered(), reference) <= 1)
        #expect(differingShare(plane.wienerFiltered(), reference) < 0.001)
    }

    @Test func everyVariantOfTheLookUpGivesTheSameBits() {
        var generator = SplitMix64(state: 5)
        let table = (0..<256).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let expected = Fixture.noisy.pixels.map { table[Int($0)] }
        for level in KernelLevel.available {
            #expect(Fixture.noisy.lookedUp(in: table, level: level).pixels == expected, "\(level.name)")
        }
    }

    @Test func everyVariantOfTheWindowGivesTheSameBits() {
        let values = (-40_000...40_000).compactMap { Int16(exactly: $0) }
        let plane = Plane<Int16>(width: values.count, height: 1, pixels: values)
        let expected = values.map { value -> UInt8 in
            let grey = (Float(value) - -1350) * (255 / Float(150 - -1350)) + 0.5
            return UInt8(min(max(grey, 0), 255))
        }
        for level in KernelLevel.available {
            #expect(Windowing.grey(plane, low: -1350, high: 150, level: level).pixels == expected, "\(level.name)")
        }
    }

    @Test func histogramCountsEveryPixelOnce() {
        var expected = [UInt32](repeating: 0, count: 256)
        for pixel in Fixture.noisy.pixels { expected[Int(pixel)] += 1 }
        #expect(Fixture.noisy.histogram() == expected)
    }
}

@Suite struct WindowingTests {
    @Test func percentilesEqualNumpy() throws {
        let values = try Fixture.grey("grey").map { Int16($0) * 7 - 300 }
        let (low, high) = try #require(Windowing.percentiles(values))
        let expected = try Fixture.facts().percentiles
        #expect(abs(low - expected[0]) < 0.01 && abs(high - expected[1]) < 0.01)
    }

    @Test func percentilesOfNothingAreNil() {
        let plane = Plane<Int16>(width: 2, height: 1, pixels: [5, 6])
        #expect(Windowing.percentiles(plane, mask: Mask(width: 2, height: 1, repeating: 0)) == nil)
        #expect(Windowing.percentiles(Plane<Int16>(width: 0, height: 0, pixels: [])) == nil)
    }

    @Test func whatIsNotANumberIsBlack() {
        let plane = Plane<Float>(width: 4, height: 1, pixels: [.nan, -.infinity, .infinity, 5])
        #expect(Windowing.grey(plane, low: 0, high: 10).pixels == [0, 0, 255, 128])
    }

    @Test func windowWithoutWidthIsAStep() {
        let plane = Plane<UInt16>(width: 3, height: 1, pixels: [4, 5, 6])
        #expect(Windowing.grey(plane, low: 5, high: 5).pixels == [0, 0, 255])
    }
}
