import Foundation
import Imaging
import Testing

@testable import Texture

@Suite struct HaralickTests {
    /// mahotas counts levels from 0 and takes logarithms to the base 2; the rest is equal (method §4).
    @Test(arguments: TextureFixture.all)
    func thirteenFeaturesEqualMahotas(fixture: TextureFixture) throws {
        for matrix in try fixture.matrices() {
            let expected = try #require(fixture.directions["\(matrix.direction.rawValue)"]).haralick
            let features = try #require(HaralickFeatures(matrix)).features.prefix(13).map(\.value)
            for (index, value) in features.enumerated() {
                let reference = try inNaturalUnits(index, expected, matrix: matrix)
                #expect(
                    isClose(value, reference),
                    "\(HaralickFeatures.names[index]) \(matrix.direction): \(value), not \(reference)")
            }
        }
    }

    private func inNaturalUnits(_ index: Int, _ mahotas: [Double], matrix: CooccurrenceMatrix) throws -> Double {
        switch index {
        case 5: return mahotas[5] + 2
        case 7, 8, 10: return mahotas[index] * log(2)
        case 12:
            // √(1 − exp(−2 (HXY2 − HXY))): the difference of entropies changes its unit inside the exponential.
            let bits = -log(1 - mahotas[12] * mahotas[12]) / 2
            return (1 - exp(-2 * bits * log(2))).squareRoot()
        default: return mahotas[index]
        }
    }

    @Test(arguments: TextureFixture.all)
    func printedFeaturesEqualTheirFormulas(fixture: TextureFixture) throws {
        for matrix in try fixture.matrices() {
            let features = try #require(HaralickFeatures(matrix))
            let expected = try #require(fixture.directions["\(matrix.direction.rawValue)"]).printed
            #expect(expected.count == 10)
            for (name, reference) in expected {
                let value = try #require(features[name])
                #expect(isClose(value, reference), "\(name) \(matrix.direction): \(value), not \(reference)")
            }
        }
    }

    private func isClose(_ value: Double, _ reference: Double) -> Bool {
        abs(value - reference) <= 1e-6 * max(abs(reference), 1e-9)
    }

    @Test func namesAreThoseOfTheMethod() {
        #expect(HaralickFeatures.names.count == 23)
        #expect(Set(HaralickFeatures.names).count == 23)
        #expect(HaralickFeatures.names.first == "haralick.angularSecondMoment")
        #expect(HaralickFeatures.names.last == "matlab.homogeneity")
    }

    @Test func imageOfOneLevelHasNoContrast() throws {
        let measurement = try #require(TextureMeasurement(GreyPlane(width: 5, height: 4, repeating: 77)))
        #expect(measurement["haralick.contrast"] == 0)
        #expect(measurement["haralick.correlation"] == 1)
        #expect(measurement["haralick.angularSecondMoment"] == 1)
        #expect(measurement["haralick.informationMeasure1"] == 0)
        #expect(measurement.means.allSatisfy { $0.value.isFinite })
    }
}
