import DICOM
import Testing

@Suite struct SeriesGeometryTests {
    private func slice(
        _ z: Double, y: Double = 0, number: Int? = nil, column: PatientVector = PatientVector(x: 0, y: 1, z: 0),
        isLocalizer: Bool = false
    ) -> SeriesGeometry.Slice {
        SeriesGeometry.Slice(
            plane: SlicePlane(
                position: PatientVector(x: -100, y: y, z: z), rowDirection: PatientVector(x: 1, y: 0, z: 0),
                columnDirection: column),
            instanceNumber: number, isLocalizer: isLocalizer)
    }

    @Test func slicesAreOrderedAlongTheNormalWhateverTheirNumbers() {
        let geometry = SeriesGeometry([slice(10, number: 1), slice(0, number: 2), slice(5, number: 3)])
        #expect(geometry.order == [1, 2, 0])
        #expect(geometry.positions == [0, 5, 10])
        #expect(geometry.tilt < 1e-6)
    }

    @Test func theSecondOfTwoAtOnePlaceIsADuplicate() {
        let geometry = SeriesGeometry([slice(0, number: 2), slice(0, number: 1), slice(1)])
        #expect(geometry.order == [1, 2])
        #expect(geometry.excluded == [0: .duplicate(of: 1)])
    }

    @Test func localizersAndReformatsAreNoSlices() {
        let sagittal = slice(3, column: PatientVector(x: 0, y: 0, z: -1))
        let geometry = SeriesGeometry([
            slice(0), slice(1), slice(2), sagittal, slice(7, isLocalizer: true), SeriesGeometry.Slice(plane: nil),
        ])
        #expect(geometry.order == [0, 1, 2])
        #expect(geometry.excluded == [3: .otherOrientation, 4: .localizer, 5: .noPosition])
    }

    @Test func gantryTiltIsTheAngleBetweenNormalAndTable() {
        // The gantry is tilted by 30 degrees, the table moves along z.
        let column = PatientVector(x: 0, y: 0.866_025_403_784_438_6, z: 0.5)
        let geometry = SeriesGeometry((0..<4).map { slice(Double($0) * 10, column: column) })
        #expect(abs(geometry.tilt - 30) < 1e-6)
        for (place, position) in geometry.positions.enumerated() {
            #expect(abs(position - geometry.positions[0] - Double(place) * 8.660_254_037_844_386) < 1e-9)
        }
    }

    @Test func withoutPositionsTheInstanceNumberOrders() {
        let geometry = SeriesGeometry([3, 1, 2].map { SeriesGeometry.Slice(plane: nil, instanceNumber: $0) })
        #expect(geometry.order == [1, 2, 0])
        #expect(geometry.normal == nil)
        #expect(geometry.excluded.isEmpty)
    }

    @Test func nothingHasNoOrder() {
        #expect(SeriesGeometry([]).order.isEmpty)
    }
}
