import Imaging
import Testing

@testable import Texture

@Suite struct TextureMeasurementTests {
    @Test func meanAndRangeRunOverDirections() throws {
        let measurement = try #require(TextureMeasurement(try TextureFixture.plane("smooth")))
        let contrasts = measurement.directions.compactMap { $0.features["haralick.contrast"] }
        #expect(contrasts.count == 4)
        let mean = try #require(measurement["haralick.contrast"])
        #expect(abs(mean - contrasts.reduce(0, +) / 4) < 1e-12)
        #expect(measurement["haralick.contrast.range"] == contrasts.max()! - contrasts.min()!)
    }

    @Test func maskedImageCountsItsZeros() throws {
        let plane = try TextureFixture.plane("smooth")
        let mask = try TextureFixture.plane("mask")
        let settings = TextureSettings(form: .maskedImage)
        let measured = try #require(TextureMeasurement(plane, mask: mask, settings: settings))
        let zeroed = GreyPlane(
            width: plane.width, height: plane.height, pixels: zip(plane.pixels, mask.pixels).map { $0 * $1 })
        #expect(measured == TextureMeasurement(zeroed))
        let lungs = try #require(TextureMeasurement(plane, mask: mask))
        #expect(lungs["haralick.sumAverage"]! > measured["haralick.sumAverage"]!)
    }

    @Test func nothingToMeasureIsNil() {
        let plane = GreyPlane(width: 4, height: 4, repeating: 9)
        #expect(TextureMeasurement(plane, mask: Mask(width: 4, height: 4, repeating: 0)) == nil)
        #expect(TextureMeasurement(GreyPlane(width: 1, height: 1, repeating: 9)) == nil)
        #expect(TextureMeasurement(GreyPlane(width: 0, height: 0, pixels: [])) == nil)
        #expect(TextureMeasurement(plane, settings: TextureSettings(levels: 1)) == nil)
        #expect(TextureMeasurement(plane, settings: TextureSettings(levels: 257)) == nil)
        #expect(TextureMeasurement(plane, settings: TextureSettings(distance: 0)) == nil)
    }

    @Test func oneRowHasOneDirection() throws {
        let measurement = try #require(TextureMeasurement(GreyPlane(width: 3, height: 1, pixels: [0, 128, 255])))
        #expect(measurement.directions.map(\.direction) == [.degrees0])
    }
}
