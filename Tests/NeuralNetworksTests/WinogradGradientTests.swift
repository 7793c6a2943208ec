import CKernels
import Testing

/// Winograd's transforms of the backward pass: brought together they are a 3×3 convolution's weight gradient.
@Suite struct WinogradGradientTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var inputs: Int
        var outputs: Int
        var images = 1
        var height: Int
        var width: Int
        var testDescription: String { "\(inputs) → \(outputs), \(images) × \(height) × \(width)" }
    }

    static let shapes = [
        Shape(inputs: 16, outputs: 16, height: 1, width: 1),
        Shape(inputs: 16, outputs: 32, height: 7, width: 6),
        Shape(inputs: 32, outputs: 48, images: 2, height: 14, width: 13),
        Shape(inputs: 16, outputs: 16, images: 3, height: 28, width: 28),
    ]

    @Test("Transforms and outer products are the weight gradient of the definition", arguments: shapes)
    func gradient(_ shape: Shape) {
        let work = GradientWork(shape)
        let expected = work.expected()
        let size = (expected.reduce(0) { $0 + $1 * $1 } / Double(expected.count)).squareRoot()
        for level in ProductTests.levels {
            for (one, other) in zip(work.run(level), expected) { #expect(abs(Double(one) - other) < 1e-4 * size) }
        }
    }

    @Test("Packed weights are transformed as stored ones are", arguments: shapes)
    func weights(_ shape: Shape) {
        let (outputs, inputs) = (Int64(shape.outputs), Int64(shape.inputs))
        var random = TestRandom(seed: 4)
        let stored = (0..<shape.outputs * shape.inputs * 9).map { _ in random.next(in: -1...1) }
        let position = nn_cells_packed(outputs, inputs, 1)
        var expected = [Float](repeating: 0, count: 36 * Int(position))
        nn_winograd_weights(stored, outputs, inputs, nil, &expected)
        var packed = [Float](repeating: 0, count: 9 * Int(position))
        nn_cells_pack(stored, outputs, inputs, inputs * 9, 9, (0..<9).map { $0 }, 9, nil, &packed)
        var got = [Float](repeating: .nan, count: 36 * Int(position))
        for group in 0..<(shape.outputs + 31) / 32 {
            let width = min(32, shape.outputs - group * 32)
            let first = group * 32 * shape.inputs
            got.withUnsafeMutableBufferPointer { got in
                packed.withUnsafeBufferPointer { packed in
                    nn_winograd_packed_weights(
                        packed.baseAddress! + 9 * first, inputs / 16, Int64(width), got.baseAddress! + first, position)
                }
            }
        }
        for (one, other) in zip(got, expected) { #expect(abs(one - other) < 1e-6) }
    }
}

private struct GradientWork {
    let shape: WinogradGradientTests.Shape
    /// [block][image][row][column][16]
    private let x: [Float]
    private let dy: [Float]

    init(_ shape: WinogradGradientTests.Shape) {
        self.shape = shape
        var random = TestRandom(seed: 8)
        let pixels = shape.images * shape.height * shape.width
        x = (0..<shape.inputs * pixels).map { _ in random.next(in: -1...1) }
        dy = (0..<shape.outputs * pixels).map { _ in random.next(in: -1...1) }
    }

    private var pixels: Int { shape.images * shape.height * shape.width }

    private func value(_ values: [Float], _ channel: Int, _ image: Int, _ row: Int, _ column: Int) -> Double {
        guard (0..<shape.height).contains(row), (0..<shape.width).contains(column) else { return 0 }
        let pixel = (image * shape.height + row) * shape.width + column
        return Double(values[(channel / 16 * pixels + pixel) * 16 + channel % 16])
    }

    /// [output][input][3][3]
    func expected() -> [Double] {
        var result: [Double] = []
        for output in 0..<shape.outputs {
            for input in 0..<shape.inputs {
                for tap in 0..<9 {
                    var sum = 0.0
                    for image in 0..<shape.images {
                        for row in 0..<shape.height {
                            for column in 0..<shape.width {
                                sum +=
                                    value(x, input, image, row + tap / 3 - 1, column + tap % 3 - 1)
                                    * value(dy, output, image, row, column)
                            }
                        }
                    }
                    result.append(sum)
                }
            }
        }
        return result
    }

    func run(_ level: ck_level) -> [Float] {
        let (blocks, outputBlocks) = (shape.inputs / 16, shape.outputs / 16)
        let (down, across) = ((shape.height + 3) / 4, (shape.width + 3) / 4)
        let tiles = shape.images * down * across
        var tiling = nn_tiling(
            height: Int64(shape.height), width: Int64(shape.width), tiles_down: Int64(down),
            tiles_across: Int64(across))
        var v = [Float](repeating: .nan, count: 36 * blocks * tiles * 16)
        var m = [Float](repeating: .nan, count: 36 * outputBlocks * tiles * 16)
        let (row, block) = (Int64(tiles * 16), Int64(pixels * 16))
        nn_winograd_input(
            level, x, block, Int64(blocks), &tiling, 0, Int64(tiles), nil, nil, &v, row * Int64(blocks), row)
        nn_winograd_output_gradient(
            level, dy, block, Int64(outputBlocks), &tiling, 0, Int64(tiles), &m, row * Int64(outputBlocks), row)
        return weights(products(level, v, m, tiles: tiles))
    }

    /// u[position], packed as for one tap.
    private func products(_ level: ck_level, _ v: [Float], _ m: [Float], tiles: Int) -> [Float] {
        let (blocks, outputBlocks) = (shape.inputs / 16, shape.outputs / 16)
        var u = [Float](repeating: .nan, count: 36 * shape.inputs * shape.outputs)
        var outer = nn_outer()
        outer.x_block = Int64(tiles * 16)
        outer.x_column = 16
        outer.tap_count = 1
        outer.rows = 1
        outer.columns = Int64(tiles)
        outer.dy_block = Int64(tiles * 16)
        outer.dy_column = 16
        outer.output_blocks = Int64(outputBlocks)
        outer.grad_block = 16 * 32
        outer.grad_group = Int64(blocks * 16 * 32)
        u.withUnsafeMutableBufferPointer { u in
            v.withUnsafeBufferPointer { v in
                m.withUnsafeBufferPointer { m in
                    [Int64(0)].withUnsafeBufferPointer { tap in
                        outer.taps = tap.baseAddress
                        for position in 0..<36 {
                            outer.x = v.baseAddress! + position * blocks * tiles * 16
                            outer.dy = m.baseAddress! + position * outputBlocks * tiles * 16
                            outer.grad = u.baseAddress! + position * shape.inputs * shape.outputs
                            nn_cells_outer(level, &outer, 0, Int64(blocks), 0, Int64((outputBlocks + 1) / 2))
                        }
                    }
                }
            }
        }
        return u
    }

    /// [output][input][3][3] of u.
    private func weights(_ u: [Float]) -> [Float] {
        let position = shape.inputs * shape.outputs
        var packed = [Float](repeating: .nan, count: 9 * position)
        for group in 0..<(shape.outputs + 31) / 32 {
            let width = min(32, shape.outputs - group * 32)
            let first = group * 32 * shape.inputs
            packed.withUnsafeMutableBufferPointer { packed in
                u.withUnsafeBufferPointer { u in
                    nn_winograd_weights_gradient(
                        u.baseAddress! + first, Int64(position), Int64(shape.inputs / 16), Int64(width),
                        packed.baseAddress! + 9 * first)
                }
            }
        }
        var result = [Float](repeating: .nan, count: 9 * position)
        nn_cells_unpack(
            packed, Int64(shape.outputs), Int64(shape.inputs), Int64(shape.inputs * 9), 9, (0..<9).map { $0 }, 9,
            &result)
        return result
    }
}
