import Foundation

/// Memory for cells, aligned to them. Its owner writes before it shares it.
final class CellBuffer: @unchecked Sendable {
    let count: Int
    let start: UnsafeMutablePointer<Float>

    private static let hugePage = 2 << 20

    init(floats: Int) {
        count = floats
        let size = max(64, floats * 4)
        let isLarge = size >= Self.hugePage
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: isLarge ? Self.hugePage : 64)
        #if os(Linux)
            // Fewer page walks: a run touches all of its weights.
            if isLarge { madvise(bytes, size, MADV_HUGEPAGE) }
        #endif
        start = bytes.bindMemory(to: Float.self, capacity: floats)
    }

    convenience init(zeros floats: Int) {
        self.init(floats: floats)
        start.update(repeating: 0, count: floats)
    }

    /// One number for each channel, and 0 for those that whole cells have besides.
    convenience init(perChannel values: [Float]) {
        self.init(floats: Cells.blocks(values.count) * Cells.channels)
        start.update(repeating: 0, count: count)
        start.update(from: values, count: values.count)
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }
}

/// Numbers that C reads through a pointer, for as long as a plan lives.
final class Offsets: @unchecked Sendable {
    let count: Int
    let start: UnsafeMutablePointer<Int64>

    init(_ values: [Int]) {
        count = values.count
        start = .allocate(capacity: max(1, count))
        start.initialize(from: values.map(Int64.init), count: count)
    }

    deinit { start.deallocate() }
}
