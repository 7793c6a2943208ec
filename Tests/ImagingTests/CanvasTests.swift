import Testing

@testable import Imaging

@Suite struct CanvasTests {
    private func ink(_ canvas: Canvas) -> Double {
        canvas.image.luma.pixels.reduce(0) { $0 + Double($1) } / 255
    }

    @Test func polygonCoversItsArea() {
        var canvas = Canvas(width: 40, height: 40)
        let triangle: Contour = [Point(x: 3.5, y: 2.25), Point(x: 33, y: 10), Point(x: 12, y: 35.5)]
        canvas.fill([triangle], .white)
        #expect(abs(ink(canvas) - Outlines.area(of: triangle)) < 3)
    }

    @Test func lineCoversLengthTimesWidth() {
        var canvas = Canvas(width: 60, height: 60)
        canvas.line([Point(x: 10, y: 10), Point(x: 40, y: 50)], .white, width: 4)
        // Two half circles at the ends.
        #expect(abs(ink(canvas) - (50 * 4 + 3.1416 * 4)) < 8)
    }

    @Test func outlineIsNoDarkerWhereItsPartsMeet() {
        var canvas = Canvas(width: 30, height: 30)
        canvas.stroke([Point(x: 5, y: 5), Point(x: 25, y: 5), Point(x: 25, y: 25)], .white, width: 3, alpha: 0.5)
        #expect(canvas.image.bytes.max() == 128)
    }

    @Test func dashesLeaveHalfOut() {
        let square: Contour = [Point(x: 10, y: 10), Point(x: 90, y: 10), Point(x: 90, y: 90), Point(x: 10, y: 90)]
        var whole = Canvas(width: 100, height: 100)
        var dashed = whole
        whole.stroke(square, .white, width: 1)
        dashed.strokeDashed(square, .white, width: 1, dash: 10)
        #expect((0.4...0.65).contains(ink(dashed) / ink(whole)))
    }

    @Test func nothingOutsideOrNonsensicalTraps() {
        var canvas = Canvas(width: 20, height: 10)
        let wild: Contour = [Point(x: -1e9, y: .nan), Point(x: 1e300, y: 4), Point(x: 3, y: -.infinity)]
        let far: Contour = [Point(x: -1e12, y: -5), Point(x: 1e12, y: 5), Point(x: 0, y: 1e12)]
        for shape in [wild, far, [], [Point(x: 5, y: 5)]] {
            canvas.fill([shape], .white)
            canvas.stroke(shape, .white, width: 2)
            canvas.line(shape, .white, width: .infinity)
            canvas.strokeDashed(shape, .white, width: 2, dash: 3)
        }
        let rect = PixelRect(x: .max - 2, y: -5, width: 10, height: 8)
        canvas.fill(rect, .white)
        canvas.draw(GreyPlane(width: 0, height: 0, pixels: []), in: PixelRect(x: 0, y: 0, width: 5, height: 5))
        canvas.draw(Fixture.noisy, in: PixelRect(x: -10, y: -10, width: 0, height: 0))
        canvas.text("x", at: Point(x: .nan, y: 2), style: TextStyle(size: .nan))
        canvas.frame(PixelRect(x: 3, y: 3, width: 1, height: 1), .white, width: 9)
        #expect(canvas.image.bytes.count == 600)
    }

    @Test func overlayFollowsItsValues() {
        var canvas = Canvas(width: 2, height: 1, background: Colour(grey: 100))
        let values = Plane<Float>(width: 2, height: 1, pixels: [0, 1])
        canvas.overlay(values, in: PixelRect(x: 0, y: 0, width: 2, height: 1), alpha: 0.5)
        #expect(canvas[row: 0, column: 0] == Colour(grey: 100))
        let top = ColourMap.heat[1].mixed(with: Colour(grey: 100), share: 0.5)
        #expect(abs(Int(canvas[row: 0, column: 1].red) - Int(top.red)) <= 1)
    }

    /// Nothing by colour alone: the map must read on a grey-scale monitor.
    @Test func heatMapGrowsLighterAllTheWay() {
        let lumas = (0...50).map { ColourMap.heat[Double($0) / 50].luma }
        #expect(zip(lumas, lumas.dropFirst()).allSatisfy { $0 < $1 })
        #expect(ColourMap.heat[.nan] == ColourMap.heat[0] && ColourMap.heat[9] == ColourMap.heat[1])
    }

    @Test func planeIsDrawnWhereItBelongs() {
        var canvas = Canvas(width: 10, height: 10)
        canvas.draw(GreyPlane(width: 2, height: 2, repeating: 255), in: PixelRect(x: 6, y: 6, width: 8, height: 8))
        #expect(ink(canvas) == 16)
    }
}
