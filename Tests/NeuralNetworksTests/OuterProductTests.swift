import CKernels
import Testing

/// The weight gradient's outer products, on every processor level, against sums written out from their definition.
@Suite struct OuterProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var blocks: Int
        var outputBlocks: Int
        var taps = 1
        var rows = 1
        var columns: Int
        /// Cells between positions side by side, and unused ones behind each row.
        var step = 1
        var gap = 0
        var accumulate = false
        var testDescription: String {
            "\(blocks) × \(outputBlocks) blocks, \(taps) taps, \(rows) × \(columns) positions \(step) apart, gap \(gap)"
                + (accumulate ? ", added" : "")
        }
    }

    /// One and several panels and stretches of them, groups of 16 and 32 outputs, rows that join and rows that do not.
    static let shapes = [
        Shape(blocks: 1, outputBlocks: 1, columns: 1),
        Shape(blocks: 2, outputBlocks: 2, columns: 7, accumulate: true),
        Shape(blocks: 9, outputBlocks: 3, columns: 129),
        Shape(blocks: 1, outputBlocks: 2, columns: 640, accumulate: true),
        Shape(blocks: 2, outputBlocks: 5, taps: 3, rows: 5, columns: 14, gap: 2),
        Shape(blocks: 3, outputBlocks: 1, taps: 9, rows: 40, columns: 14),
        Shape(blocks: 1, outputBlocks: 3, taps: 2, rows: 3, columns: 300, gap: 1, accumulate: true),
        Shape(blocks: 1, outputBlocks: 2, rows: 90, columns: 13, step: 2, gap: 3),
        Shape(blocks: 11, outputBlocks: 2, rows: 130, columns: 2, gap: 1),
    ]

    @Test("Every level gives the sums of the definition", arguments: shapes)
    func sums(_ shape: Shape) {
        let work = OuterWork(shape)
        let expected = work.expected()
        let bound = 2e-6 * Double(shape.rows * shape.columns).squareRoot() + 1e-6
        for level in ProductTests.levels {
            let got = work.run(level, blocks: 0..<shape.blocks, groups: 0..<work.groups)
            for (one, other) in zip(got, expected) { #expect(abs(Double(one) - other) < bound) }
        }
    }

    @Test("Parts made apart are the whole, to the bit", arguments: shapes)
    func parts(_ shape: Shape) {
        let work = OuterWork(shape)
        for level in ProductTests.levels {
            let whole = work.run(level, blocks: 0..<shape.blocks, groups: 0..<work.groups)
            var parts = work.start
            for block in 0..<shape.blocks {
                for group in 0..<work.groups {
                    work.run(level, blocks: block..<block + 1, groups: group..<group + 1, into: &parts)
                }
            }
            #expect(parts == whole)
        }
    }
}

/// One outer product with made numbers.
private struct OuterWork {
    let shape: OuterProductTests.Shape
    /// Cells of a row and of a block, of x and of dy.
    private let pitch: Int
    private let block: Int
    private let x: [Float]
    private let dy: [Float]
    /// What is there before.
    let start: [Float]

    init(_ shape: OuterProductTests.Shape) {
        self.shape = shape
        pitch = shape.columns * shape.step + shape.gap
        block = shape.rows * pitch
        var random = TestRandom(seed: 3)
        // Taps of the last position reach beyond the last block's end.
        x = (0..<(shape.blocks * block + shape.taps) * 16).map { _ in random.next(in: -1...1) }
        dy = (0..<shape.outputBlocks * block * 16).map { _ in random.next(in: -1...1) }
        start = (0..<shape.outputBlocks * shape.blocks * shape.taps * 256).map { _ in random.next(in: -1...1) }
    }

    var groups: Int { (shape.outputBlocks + 1) / 2 }

    func expected() -> [Double] {
        var result: [Double] = []
        for group in 0..<groups {
            let width = shape.outputBlocks - 2 * group > 1 ? 32 : 16
            for part in 0..<shape.blocks * shape.taps * 16 * width {
                let (lane, channel) = (part % width, part / width % 16)
                let (tap, input) = (part / width / 16 % shape.taps, part / width / 16 / shape.taps)
                var sum = shape.accumulate ? Double(start[result.count]) : 0
                for row in 0..<shape.rows {
                    for column in 0..<shape.columns {
                        let position = row * pitch + column * shape.step
                        let from = (input * block + position + tap) * 16 + channel
                        let output = ((2 * group + lane / 16) * block + position) * 16 + lane % 16
                        sum += Double(x[from]) * Double(dy[output])
                    }
                }
                result.append(sum)
            }
        }
        return result
    }

    func run(_ level: ck_level, blocks: Range<Int>, groups: Range<Int>) -> [Float] {
        var grad = start
        run(level, blocks: blocks, groups: groups, into: &grad)
        return grad
    }

    func run(_ level: ck_level, blocks: Range<Int>, groups: Range<Int>, into grad: inout [Float]) {
        let taps = (0..<shape.taps).map { Int64($0 * 16) }
        var outer = nn_outer()
        outer.x_block = Int64(block * 16)
        outer.x_row = Int64(pitch * 16)
        outer.x_column = Int64(shape.step * 16)
        outer.tap_count = Int64(shape.taps)
        outer.rows = Int64(shape.rows)
        outer.columns = Int64(shape.columns)
        outer.dy_block = Int64(block * 16)
        outer.dy_row = Int64(pitch * 16)
        outer.dy_column = Int64(shape.step * 16)
        outer.output_blocks = Int64(shape.outputBlocks)
        outer.grad_block = Int64(shape.taps * 16 * 32)
        outer.grad_group = Int64(shape.blocks * shape.taps * 16 * 32)
        outer.accumulate = shape.accumulate ? 1 : 0
        grad.withUnsafeMutableBufferPointer { grad in
            x.withUnsafeBufferPointer { x in
                dy.withUnsafeBufferPointer { dy in
                    taps.withUnsafeBufferPointer { taps in
                        outer.grad = grad.baseAddress
                        outer.x = x.baseAddress
                        outer.dy = dy.baseAddress
                        outer.taps = taps.baseAddress
                        nn_cells_outer(
                            level, &outer, Int64(blocks.lowerBound), Int64(blocks.upperBound),
                            Int64(groups.lowerBound), Int64(groups.upperBound))
                    }
                }
            }
        }
    }
}
