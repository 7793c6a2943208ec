/// Which fragments make up each frame of encapsulated pixel data (PS3.5 §A.4).
struct FrameIndex: Equatable {
    /// Of fragments, counted from 0 after the basic offset table.
    let frames: [Range<Int>]

    /// What is known of the fragments.
    struct Fragments {
        /// In bytes.
        var lengths: [Int]
        /// Basic Offset Table: of each frame's first item, counted from the first item's tag. Empty when there is none.
        var basicOffsets: [Int]
        /// Extended Offset Table (7FE0,0001), counted alike. Empty when there is none.
        var extendedOffsets: [Int]
        /// Number of Frames; nil when the object doesn't state it.
        var statedFrames: Int?
    }

    /// - Parameter beginsFrame: whether a fragment begins with what a frame of this syntax begins with. Asked only where
    ///   neither a table nor the count tells.
    init(_ fragments: Fragments, beginsFrame: (Int) throws(DICOMError) -> Bool) throws(DICOMError) {
        if let frames = Self.frames(fragments, at: fragments.extendedOffsets)
            ?? Self.frames(fragments, at: fragments.basicOffsets)
        {
            self.frames = frames
        } else if fragments.statedFrames == fragments.lengths.count {
            frames = fragments.lengths.indices.map { $0..<$0 + 1 }
        } else if fragments.statedFrames == 1 {
            frames = fragments.lengths.isEmpty ? [] : [0..<fragments.lengths.count]
        } else {
            frames = try Self.frames(fragments.lengths.count, beginsFrame)
        }
    }

    /// Nil unless every offset is an item's and they rise from the first item on: a wrong table is no table.
    private static func frames(_ fragments: Fragments, at offsets: [Int]) -> [Range<Int>]? {
        guard offsets.first == 0 else { return nil }
        let headerLength = 8
        var starts: [Int: Int] = [:]
        var position = 0
        for (index, length) in fragments.lengths.enumerated() {
            starts[position] = index
            position += headerLength + length
        }
        let firsts = offsets.compactMap { starts[$0] }
        guard firsts.count == offsets.count, zip(firsts, firsts.dropFirst()).allSatisfy(<) else { return nil }
        // A table that knows fewer frames than the object states is one that some writer didn't finish.
        if let stated = fragments.statedFrames, offsets.count < stated, fragments.lengths.count >= stated { return nil }
        return zip(firsts, firsts.dropFirst() + [fragments.lengths.count]).map { $0..<$1 }
    }

    private static func frames(
        _ count: Int, _ beginsFrame: (Int) throws(DICOMError) -> Bool
    ) throws(DICOMError) -> [Range<Int>] {
        var starts = count > 0 ? [0] : []
        for index in 1..<max(1, count) {
            if try beginsFrame(index) { starts.append(index) }
        }
        return zip(starts, starts.dropFirst() + [count]).map { $0..<$1 }
    }
}
