import DICOM
import DICOMCore
import Testing

@Suite struct FunctionalGroupTests {
    private let values = Tag(0x0028, 0x9145), position = Tag(0x0020, 0x9113), orientation = Tag(0x0020, 0x9116)

    /// Two frames: a shared rescale that the second one overrides, and a position for each.
    private func enhanced() throws -> DataSet {
        let builder = try TestObject.secondaryCapture(rows: 1, columns: 1, bitsAllocated: 8, bitsStored: 8)
        try builder.set(Tag(0x0028, 0x0008), .integer(2))
        try builder.setPixelData([10, 10], bitsAllocated: 8)
        let shared = try builder.appendItem(to: Tag(0x5200, 0x9229))
        try rescale(shared, slope: 2, intercept: -1000)
        try shared.appendItem(to: orientation).set(Tag(0x0020, 0x0037), .numbers([1, 0, 0, 0, 1, 0]))
        for frame in 0..<2 {
            let own = try builder.appendItem(to: Tag(0x5200, 0x9230))
            try own.appendItem(to: position).set(Tag(0x0020, 0x0032), .numbers([0, 0, 5.5 * Double(frame)]))
            if frame == 1 { try rescale(own, slope: 1, intercept: 7) }
        }
        return try DataSet(bytes: try builder.part10())
    }

    private func rescale(_ item: DataSetBuilder, slope: Double, intercept: Double) throws {
        let group = try item.appendItem(to: values)
        try group.set(Tag(0x0028, 0x1052), .number(intercept))
        try group.set(Tag(0x0028, 0x1053), .number(slope))
    }

    @Test func aFramesOwnGroupComesBeforeTheSharedOne() throws {
        let dataSet = try enhanced()
        #expect(try dataSet.hounsfieldFrame(0) == [-980])
        #expect(try dataSet.hounsfieldFrame(1) == [17])
    }

    @Test func framesAreOrderedByTheirOwnPositions() throws {
        let dataSet = try enhanced()
        let slices = [1, 0].map { SeriesGeometry.Slice(plane: dataSet.slicePlane(frame: $0)) }
        let geometry = SeriesGeometry(slices)
        #expect(geometry.order == [1, 0])
        #expect(geometry.positions.last.map { $0 - geometry.positions[0] } == 5.5)
    }
}
