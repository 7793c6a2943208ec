import CKernels
import Testing

/// Winograd's transforms on every processor level: brought together they are the convolution.
@Suite struct WinogradTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var height: Int
        var width: Int
        var images = 1
        var isActive = false
        var testDescription: String { "\(images) × \(height) × \(width)\(isActive ? ", activated" : "")" }
    }

    static let shapes = [
        Shape(height: 1, width: 1), Shape(height: 4, width: 4), Shape(height: 5, width: 9, isActive: true),
        Shape(height: 14, width: 14, images: 2), Shape(height: 12, width: 20, images: 2, isActive: true),
    ]

    @Test("One channel through transforms and products is the 3×3 convolution", arguments: shapes)
    func transforms(_ shape: Shape) {
        for level in ProductTests.levels {
            let work = WinogradWork(shape)
            for (one, other) in zip(work.run(level), work.expected()) { #expect(abs(one - other) < 2e-5) }
        }
    }

    @Test("A ReLU after the transform is applied to every output")
    func relu() {
        let work = WinogradWork(Shape(height: 6, width: 7))
        for (one, other) in zip(work.run(ck_best_level(), relu: true), work.expected()) {
            #expect(abs(one - max(0, other)) < 2e-5)
        }
    }
}

/// 16 channels, each with a kernel of its own: lane c of the result is channel c convolved.
private struct WinogradWork {
    let shape: WinogradTests.Shape
    /// [image][row][column][16]
    let x: [Float]
    /// [channel][3][3]
    let kernels: [Float]
    let bias: [Float]
    let scale: [Float]
    let shift: [Float]

    init(_ shape: WinogradTests.Shape) {
        self.shape = shape
        var random = TestRandom(seed: 9)
        x = (0..<shape.images * shape.height * shape.width * 16).map { _ in random.next(in: -1...1) }
        kernels = (0..<16 * 9).map { _ in random.next(in: -1...1) }
        bias = (0..<16).map { _ in random.next(in: -1...1) }
        scale = (0..<16).map { _ in random.next(in: -1...1) }
        shift = (0..<16).map { _ in random.next(in: -1...1) }
    }

    private func value(_ image: Int, _ row: Int, _ column: Int, _ lane: Int) -> Float {
        guard (0..<shape.height).contains(row), (0..<shape.width).contains(column) else { return 0 }
        let stored = x[((image * shape.height + row) * shape.width + column) * 16 + lane]
        return shape.isActive ? max(0, scale[lane] * stored + shift[lane]) : stored
    }

    func expected() -> [Float] {
        var result: [Float] = []
        for image in 0..<shape.images {
            for row in 0..<shape.height {
                for column in 0..<shape.width {
                    for lane in 0..<16 {
                        var sum = bias[lane]
                        for tap in 0..<9 {
                            sum +=
                                kernels[lane * 9 + tap]
                                * value(image, row + tap / 3 - 1, column + tap % 3 - 1, lane)
                        }
                        result.append(sum)
                    }
                }
            }
        }
        return result
    }

    func run(_ level: ck_level, relu: Bool = false) -> [Float] {
        let down = (shape.height + 3) / 4
        let across = (shape.width + 3) / 4
        let tiles = shape.images * down * across
        var tiling = nn_tiling(
            height: Int64(shape.height), width: Int64(shape.width), tiles_down: Int64(down),
            tiles_across: Int64(across))
        let position = Int64(tiles * 16)
        var v = [Float](repeating: .nan, count: 36 * tiles * 16)
        nn_winograd_input(
            level, x, 0, 1, &tiling, 0, Int64(tiles), shape.isActive ? scale : nil, shape.isActive ? shift : nil, &v,
            position, 0)
        // The products, by the diagonal of the packed weights.
        var weights = [Float](repeating: 0, count: 16 * 16 * 9)
        for lane in 0..<16 { for tap in 0..<9 { weights[(lane * 16 + lane) * 9 + tap] = kernels[lane * 9 + tap] } }
        var u = [Float](repeating: 0, count: 36 * 256)
        nn_winograd_weights(weights, 16, 16, nil, &u)
        for place in 0..<36 {
            for tile in 0..<tiles {
                for lane in 0..<16 { v[(place * tiles + tile) * 16 + lane] *= u[place * 256 + lane * 16 + lane] }
            }
        }
        var y = [Float](repeating: .nan, count: x.count)
        nn_winograd_output(level, v, position, 0, 1, &tiling, 0, Int64(tiles), bias, relu ? 1 : 0, &y, 0)
        return y
    }
}
