import Testing

@testable import Diagnosis

/// Volumes over the slices' real positions (method §8).
@Suite struct SliceIntervalTests {
    @Test("Every slice stands for what lies nearest, the ends for as much to the other side")
    func widths() {
        #expect(SliceIntervals([0, 5, 10, 15])?.widths == [5, 5, 5, 5])
        #expect(SliceIntervals([0, 5, 10, 20, 30])?.widths == [5, 5, 7.5, 10, 10])
        #expect(SliceIntervals([0, 5, 10, 20, 30], thickness: 5)?.widths == [5, 5, 7.5, 10, 7.5])
        #expect(SliceIntervals([0, 5], thickness: .nan)?.widths == [5, 5])
        #expect(SliceIntervals([0, 1, 5, 6, 10])?.widths == [1, 2.5, 2.5, 2.5, 4])
    }

    @Test(
        "A step that changes for good is no gap, one that stands out is; at an end, too",
        arguments: [
            ([0, 5, 10, 20, 30, 40], []), ([0, 5, 10, 20, 25, 30], [2]), ([0, 5, 10, 20], [2]), ([0, 10, 15, 20], [0]),
            ([0, 5, 15, 20, 30, 35], []), ([0, 5, 10, 20, 25, 35, 40, 45], [2, 4]), ([0, 5], []), ([0, 5, 12, 17], []),
            ([0, 5, 10, 15, 100, 200], []),
        ] as [([Double], [Int])])
    func gaps(positions: [Double], expected: [Int]) {
        #expect(SliceIntervals(positions)?.gaps == expected)
    }

    @Test(
        "What does not rise by real steps has no intervals",
        arguments: [
            [], [1], [0, 0, 1], [1, 0], [0, .nan, 2], [0, .infinity], [0, 5000],
        ] as [[Double]])
    func nonsense(positions: [Double]) {
        #expect(SliceIntervals(positions) == nil)
    }

    private static func series(_ positions: [Double], lung: [Double]? = nil) throws -> Finding {
        var input = CTTests.series(lung ?? positions.map { _ in 1 })
        input.positions = positions
        return try StartingBundle.pipeline.get().analyse(input).finding
    }

    @Test("The volume is the same whatever the slices' distances")
    func volume() throws {
        let even = try #require(try Self.series([0, 5, 10, 15, 20, 25, 30]).lungVolume)
        // The ends of 5 mm and 10 mm stand for 7.5 mm beyond theirs, where 7 slices of 5 mm stand for 5.
        let uneven = try #require(try Self.series([0, 5, 10, 15, 25, 35]).lungVolume)
        #expect(abs(uneven / 42.5 - even / 35) < 1e-6 * even)
        let alternating = try #require(try Self.series([0, 1, 5, 6, 10, 11, 15]).lungVolume)
        #expect(abs(alternating / 17.5 - even / 35) < 1e-6 * even)
    }

    @Test("Missing slices in the lungs leave no volume and are said; elsewhere they are no matter")
    func missing() throws {
        let missing = try Self.series([0, 5, 10, 25, 30, 35])
        #expect(missing.lungVolume == nil && missing.lungVolumeIsComplete == false)
        let elsewhere = try Self.series([0, 5, 10, 15, 30, 35], lung: [1, 1, 1, 0, 0, 0])
        #expect(elsewhere.lungVolume != nil && elsewhere.lungVolumeIsComplete == true)
        var input = CTTests.series([1, 1])
        input.positions = [0, 5, 10]
        let unknown = try StartingBundle.pipeline.get().analyse(input).finding
        #expect(unknown.lungVolume == nil && unknown.lungVolumeIsComplete == nil)
    }
}
