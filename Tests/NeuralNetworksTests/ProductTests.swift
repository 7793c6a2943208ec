import CKernels
import Testing

/// The product of every processor level and element against sums written out from its definition.
@Suite struct ProductTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var inputs: Int
        var outputs: Int
        var taps = 1
        var rows = 1
        var columns: Int
        var relu = false
        var testDescription: String {
            "\(inputs) → \(outputs), \(taps) taps, \(rows) × \(columns)\(relu ? ", ReLU" : "")"
        }
    }

    /// Tiles of every length, one and two cells of outputs, odd groups, several taps and rows.
    static let shapes =
        (1...30).map { Shape(inputs: 16, outputs: $0.isMultiple(of: 2) ? 16 : 32, columns: $0) } + [
            Shape(inputs: 64, outputs: 48, columns: 29, relu: true),
            Shape(inputs: 128, outputs: 64, taps: 3, rows: 3, columns: 7),
            Shape(inputs: 64, outputs: 80, taps: 2, rows: 2, columns: 15, relu: true),
        ]

    /// Those that this processor has.
    static let levels = [CK_LEVEL_BASELINE, CK_LEVEL_AVX2, CK_LEVEL_AVX512].filter {
        $0.rawValue <= ck_best_level().rawValue
    }

    @Test("f32: every level, with bias, residual and ReLU", arguments: shapes)
    func floats(_ shape: Shape) {
        for level in Self.levels {
            let work = ProductWork(shape, element: NN_F32)
            let expected = work.expected { Double($0) }
            let got = work.run(level)
            for (one, other) in zip(got, expected) { #expect(abs(Double(one) - other) < 1e-4) }
        }
    }

    @Test("Bytes: sums are exact on every level, so all give the same bytes", arguments: shapes)
    func bytes(_ shape: Shape) {
        guard shape.inputs.isMultiple(of: 64) else { return }
        let work = ProductWork(shape, element: NN_U8)
        let expected = work.expected { Double($0) }
        for level in Self.levels {
            for (one, other) in zip(work.run(level), expected) { #expect(abs(Double(one) - other) < 1e-4) }
        }
    }

    @Test("bf16: factors are rounded to eight bits, sums are not", arguments: shapes)
    func halves(_ shape: Shape) {
        guard shape.inputs.isMultiple(of: 32) else { return }
        let work = ProductWork(shape, element: NN_BF16)
        let expected = work.expected {
            Double(Float(bitPattern: ($0.bitPattern + 0x7FFF + ($0.bitPattern >> 16 & 1)) & 0xFFFF_0000))
        }
        for level in Self.levels {
            for (one, other) in zip(work.run(level), expected) { #expect(abs(Double(one) - other) < 1e-3) }
        }
    }

    @Test("Results are stored as bytes and bf16, rounded to the nearest, on every level alike")
    func storedElements() {
        let work = ProductWork(Shape(inputs: 64, outputs: 64, columns: 17, relu: true), element: NN_F32)
        let expected = work.expected { Double($0) }
        for level in Self.levels {
            let bytes = work.run(level, to: NN_U8)
            for (one, other) in zip(bytes, expected) {
                let exact = min(255, max(0, other / 0.05 + 7))
                #expect(abs(Double(one) - exact) <= 0.5 + 1e-3)
            }
            let halves = work.run(level, to: NN_BF16)
            for (one, other) in zip(halves, expected) { #expect(abs(Double(one) - other) <= abs(other) / 256 + 1e-6) }
        }
    }
}

/// One product with made numbers: x and the residual as cells, weights packed, and what must come out.
private struct ProductWork {
    let shape: ProductTests.Shape
    let element: nn_element
    /// [input][row][position], rows and positions including what taps reach.
    let x: [Float]
    /// [output][input][tap]
    let weights: [Float]
    let bias: [Float]
    /// [output][row][column]
    let residual: [Float]

    init(_ shape: ProductTests.Shape, element: nn_element) {
        self.shape = shape
        self.element = element
        var random = TestRandom(seed: 5)
        let isBytes = element == NN_U8
        func numbers(_ count: Int, _ range: ClosedRange<Float>) -> [Float] {
            (0..<count).map { _ in
                let value = random.next(in: range)
                return isBytes ? value.rounded() : value
            }
        }
        x = numbers(shape.inputs * shape.rows * (shape.columns + shape.taps), isBytes ? 0...255 : -1...1)
        weights = numbers(shape.outputs * shape.inputs * shape.taps, isBytes ? -127...127 : -1...1)
        bias = (0..<shape.outputs).map { _ in random.next(in: -1...1) }
        residual = (0..<shape.outputs * shape.rows * shape.columns).map { _ in random.next(in: -1...1) }
    }

    private var pitch: Int { shape.columns + shape.taps }
    private var perCell: Int { 16 << Int(element.rawValue) }
    private let byteScale: Float = 1e-4

    /// - Parameter rounded: what becomes of a factor.
    func expected(_ rounded: (Float) -> Double) -> [Double] {
        var result: [Double] = []
        let (x, weights) = (x.map(rounded), weights.map(rounded))
        for output in 0..<shape.outputs {
            for row in 0..<shape.rows {
                for column in 0..<shape.columns {
                    var sum = 0.0
                    for input in 0..<shape.inputs {
                        for tap in 0..<shape.taps {
                            sum +=
                                x[(input * shape.rows + row) * pitch + column + tap]
                                * weights[(output * shape.inputs + input) * shape.taps + tap]
                        }
                    }
                    if element == NN_U8 { sum *= Double(byteScale) }
                    sum += Double(bias[output])
                    sum += Double(residual[(output * shape.rows + row) * shape.columns + column])
                    result.append(shape.relu ? max(0, sum) : sum)
                }
            }
        }
        return result
    }

    /// [output][row][column]; bytes and bf16 as the numbers that they are.
    func run(_ level: ck_level, to stored: nn_element = NN_F32) -> [Float] {
        let outputBlocks = (shape.outputs + 15) / 16
        let positions = shape.rows * shape.columns
        let cells = packedInput()
        let packed = packedWeights()
        let paddedBias = bias + [Float](repeating: 0, count: outputBlocks * 16 - bias.count)
        let scale = [Float](repeating: byteScale, count: outputBlocks * 16)
        var planes = residual + [Float](repeating: 0, count: outputBlocks * 16 * positions - residual.count)
        var residualCells = [Float](repeating: 0, count: outputBlocks * 16 * positions)
        nn_cells_from_planes(&planes, Int64(outputBlocks * 16), Int64(positions), &residualCells, Int64(positions * 16))
        var y = [Float](repeating: .nan, count: outputBlocks * 16 * positions)
        let taps = (0..<shape.taps).map { Int64($0 * 16) }
        y.withUnsafeMutableBufferPointer { y in
            var product = nn_product()
            product.element = element
            product.blocks = Int64(shape.inputs / perCell)
            product.x_block = Int64(shape.rows * pitch * 16)
            product.x_row = Int64(pitch * 16)
            product.tap_count = Int64(shape.taps)
            product.rows = Int64(shape.rows)
            product.columns = Int64(shape.columns)
            product.residual_block = Int64(positions * 16)
            product.y = y.baseAddress
            product.y_block = Int64(positions * 16)
            product.y_row = Int64(shape.columns * 16)
            product.y_column = 16
            product.y_element = stored
            product.y_inverse = 1 / 0.05
            product.y_zero = 7
            product.output_blocks = Int64(outputBlocks)
            product.relu = shape.relu ? 1 : 0
            cells.withUnsafeBufferPointer { x in
                packed.withUnsafeBufferPointer { weights in
                    paddedBias.withUnsafeBufferPointer { bias in
                        scale.withUnsafeBufferPointer { scale in
                            residualCells.withUnsafeBufferPointer { residual in
                                taps.withUnsafeBufferPointer { taps in
                                    product.x = x.baseAddress
                                    product.weights = weights.baseAddress
                                    product.bias = bias.baseAddress
                                    product.scale = scale.baseAddress
                                    product.residual = residual.baseAddress
                                    product.taps = taps.baseAddress
                                    nn_cells_product(level, &product, 0, Int64((outputBlocks + 1) / 2))
                                }
                            }
                        }
                    }
                }
            }
        }
        return numbers(in: y, stored, positions: positions)
    }

    private func numbers(in y: [Float], _ stored: nn_element, positions: Int) -> [Float] {
        var result: [Float] = []
        y.withUnsafeBytes { bytes in
            for output in 0..<shape.outputs {
                for position in 0..<positions {
                    let per = 16 << Int(stored.rawValue)
                    let cell = (output / per * positions + position) * 64
                    switch stored {
                    case NN_U8: result.append(Float(bytes[cell + output % per]))
                    case NN_BF16:
                        let half = bytes.loadUnaligned(fromByteOffset: cell + output % per * 2, as: UInt16.self)
                        result.append(Float(bitPattern: UInt32(half) << 16))
                    default: result.append(bytes.loadUnaligned(fromByteOffset: cell + output % per * 4, as: Float.self))
                    }
                }
            }
        }
        return result
    }

    private func packedInput() -> [Float] {
        let positions = shape.rows * pitch
        // One cell more: the product calls the next block's cells ahead, but reads none.
        var cells = [Float](repeating: 0, count: shape.inputs * positions)
        nn_cells_from_planes(x, Int64(shape.inputs), Int64(positions), &cells, Int64(positions * 16))
        guard element != NN_F32 else { return cells }
        var low = [Float](repeating: 0, count: shape.inputs / perCell * 16 * positions)
        nn_cells_narrow(
            cells, Int64(positions * 16), Int64(shape.inputs), Int64(positions), element, 1, 0, &low,
            Int64(positions * 16))
        return low
    }

    private func packedWeights() -> [Float] {
        let (outputs, inputs, taps) = (Int64(shape.outputs), Int64(shape.inputs), Int64(shape.taps))
        var packed = [Float](repeating: 0, count: Int(nn_cells_packed(outputs, inputs, taps)))
        switch element {
        case NN_U8:
            let steps = [Float](repeating: 1, count: shape.outputs)
            nn_cells_pack_s8(weights, outputs, inputs, taps, nil, steps, &packed)
        case NN_BF16: nn_cells_pack_bf16(weights, outputs, inputs, taps, nil, &packed)
        default:
            nn_cells_pack(weights, outputs, inputs, inputs * taps, taps, (0..<taps).map { $0 }, taps, nil, &packed)
        }
        return packed
    }
}

/// Numbers from a fixed sequence.
struct TestRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(in range: ClosedRange<Float>) -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Float(state >> 40) / Float(1 << 24) * (range.upperBound - range.lowerBound)
    }
}
