import Testing

@testable import DICOM

@Suite struct FrameIndexTests {
    private func frames(
        _ lengths: [Int], basic: [Int] = [], extended: [Int] = [], stated: Int?, starts: Set<Int> = []
    ) throws -> [Range<Int>] {
        try FrameIndex(
            .init(lengths: lengths, basicOffsets: basic, extendedOffsets: extended, statedFrames: stated),
            beginsFrame: { starts.contains($0) }
        ).frames
    }

    @Test func theBasicOffsetTableDecides() throws {
        #expect(try frames([10, 10, 20], basic: [0, 36], stated: 2) == [0..<2, 2..<3])
    }

    @Test func theExtendedOffsetTableComesFirst() throws {
        #expect(try frames([10, 10, 20], basic: [0], extended: [0, 18], stated: 2) == [0..<1, 1..<3])
    }

    @Test func anEmptyTableWithAsManyFragmentsAsFrames() throws {
        #expect(try frames([10, 10], stated: 2) == [0..<1, 1..<2])
    }

    @Test func oneFrameTakesAllFragments() throws {
        #expect(try frames([10, 10, 10], stated: 1) == [0..<3])
    }

    @Test func otherwiseTheFragmentsOwnBeginningsDecide() throws {
        #expect(try frames([10, 10, 10, 10], stated: 2, starts: [2]) == [0..<2, 2..<4])
        #expect(try frames([10, 10], stated: nil, starts: [1]) == [0..<1, 1..<2])
    }

    @Test(arguments: [[0, 17], [4], [0, 36, 18], [0, 0]])
    func aTableThatPointsIntoFragmentsIsNoTable(_ table: [Int]) throws {
        #expect(try frames([10, 10, 10], basic: table, stated: 3) == [0..<1, 1..<2, 2..<3])
    }

    @Test func noFragmentsAreNoFrames() throws {
        #expect(try frames([], stated: 1).isEmpty)
        #expect(try frames([], stated: nil).isEmpty)
    }
}
