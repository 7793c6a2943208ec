import Testing

@testable import Imaging

@Suite struct ResizingTests {
    @Test func everySizeEqualsOpenCVToOneLevel() throws {
        let grey = try Fixture.grey("grey")
        for size in try Fixture.facts().sizes {
            let reference = try Fixture.grey("resized_\(size[0])x\(size[1])")
            let ours = grey.resized(width: size[0], height: size[1])
            #expect(largestDifference(ours, reference) <= 1, "\(size)")
        }
    }

    @Test func nearestEqualsOpenCV() throws {
        let grey = try Fixture.grey("grey")
        for size in try Fixture.facts().sizes {
            let reference = try Fixture.grey("nearest_\(size[0])x\(size[1])")
            #expect(grey.resizedNearest(width: size[0], height: size[1]) == reference, "\(size)")
        }
    }

    @Test func floatsAreResizedAlike() throws {
        let grey = try Fixture.grey("grey")
        let floats = grey.map { Float($0) / 255 }.resized(width: 41, height: 30)
        let bytes = grey.resized(width: 41, height: 30)
        for (float, byte) in zip(floats.pixels, bytes.pixels) { #expect(abs(float * 255 - Float(byte)) <= 0.501) }
    }

    /// Vectors of outputs, what is left behind them, one direction alone, and both.
    @Test(arguments: [(1, 1), (2, 2), (33, 20), (140, 47), (200, 111), (19, 300), (500, 9), (403, 399)])
    func everyInstructionSetGivesTheSameBits(width: Int, height: Int) {
        let bytes = Fixture.noisy
        let floats = bytes.map { Float($0) * 0.37 - 11 }
        let plain = KernelLevel.available[0]
        let grey = bytes.resized(width: width, height: height, level: plain)
        let values = floats.resized(width: width, height: height, level: plain)
        for level in KernelLevel.available {
            #expect(bytes.resized(width: width, height: height, level: level) == grey, "\(level.name)")
            #expect(floats.resized(width: width, height: height, level: level) == values, "\(level.name)")
        }
    }

    /// The textbook's formula, sample centres at halves, edges repeated.
    @Test func enlargingIsLinearBetweenSampleCentres() {
        let plane = Fixture.noisy.map { Float($0) }
        let (width, height) = (3 * plane.width + 1, 2 * plane.height + 5)
        let large = plane.resized(width: width, height: height)
        func sample(_ position: Double, _ count: Int) -> (Int, Int, Float) {
            let inside = min(max(0, position), Double(count - 1))
            let low = min(Int(inside), count - 2)
            return (low, low + 1, Float(inside - Double(low)))
        }
        var worst: Float = 0
        for row in 0..<height {
            let y = sample((Double(row) + 0.5) * Double(plane.height) / Double(height) - 0.5, plane.height)
            for column in 0..<width {
                let x = sample((Double(column) + 0.5) * Double(plane.width) / Double(width) - 0.5, plane.width)
                let above = (1 - x.2) * plane[row: y.0, column: x.0] + x.2 * plane[row: y.0, column: x.1]
                let below = (1 - x.2) * plane[row: y.1, column: x.0] + x.2 * plane[row: y.1, column: x.1]
                worst = max(worst, abs((1 - y.2) * above + y.2 * below - large[row: row, column: column]))
            }
        }
        #expect(worst < 1e-3)
    }

    /// The mean of an image is kept by area averaging.
    @Test func areaAveragingKeepsTheMean() {
        let plane = Fixture.noisy.map { Float($0) }
        let mean = plane.pixels.reduce(0, +) / Float(plane.pixels.count)
        let small = plane.resized(width: 29, height: 11).pixels
        #expect(abs(small.reduce(0, +) / Float(small.count) - mean) < 0.01)
    }

    @Test func emptyPlanesDoNotTrap() {
        let empty = GreyPlane(width: 0, height: 0, pixels: [])
        #expect(empty.resized(width: 3, height: 2).pixels == [0, 0, 0, 0, 0, 0])
        #expect(empty.resizedNearest(width: 3, height: 2).pixels.isEmpty)
        #expect(empty.fitted(into: 4).pixels == [UInt8](repeating: 0, count: 16))
        #expect(Fixture.noisy.resized(width: 0, height: 5).pixels.isEmpty)
    }

    @Test func fittingKeepsAspectAndCentres() {
        #expect(
            PixelRect.fitting(width: 200, height: 100, into: 96) == PixelRect(x: 0, y: 24, width: 96, height: 48))
        #expect(PixelRect.fitting(width: 1, height: 1000, into: 96) == PixelRect(x: 47, y: 0, width: 1, height: 96))
        let plane = GreyPlane(width: 20, height: 10, repeating: 200).fitted(into: 10)
        #expect(plane.pixels.count { $0 == 200 } == 50)
        #expect(plane[row: 2, column: 0] == 200 && plane[row: 1, column: 0] == 0)
    }
}

@Suite struct AnalysisGridTests {
    @Test func longSideBecomes256() {
        let grid = AnalysisGrid(width: 3000, height: 2400)
        #expect((grid.width, grid.height) == (256, 205))
        #expect(grid.original(Point(x: 256, y: 205)) == Point(x: 3000, y: 2400))
        #expect(abs(grid.originalPixelsPerPixel - 3000.0 * 2400 / (256 * 205)) < 1e-9)
    }

    @Test func pixelsThatAreNotSquareAreCorrected() {
        let grid = AnalysisGrid(width: 512, height: 256, spacing: (row: 2, column: 1))
        #expect((grid.width, grid.height) == (256, 256))
        #expect(grid.original(Point(x: 128, y: 128)) == Point(x: 256, y: 128))
    }

    @Test(arguments: [(0.0, 1.0), (-1, 1), (.nan, 1), (1, .infinity), (1000, 1)])
    func nonsenseSpacingIsPassedOver(row: Double, column: Double) {
        let grid = AnalysisGrid(width: 512, height: 256, spacing: (row, column))
        #expect((grid.width, grid.height) == (256, 128))
    }
}
