import CKernels
import Testing

/// Packed weights turned round, with fewer taps, and unpacked.
@Suite struct PackedWeightsTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var outputs: Int
        var inputs: Int
        var taps: Int
        var kept: [Int]
        var testDescription: String { "\(outputs) × \(inputs), taps \(kept) of \(taps)" }

        /// [output][input][tap]
        var weights: [Float] { (0..<outputs * inputs * taps).map { Float($0 % 99_991) } }

        /// Of the kept taps, input and output exchanged if `isTurned`.
        func kept(isTurned: Bool) -> [Float] {
            let weights = weights
            return (0..<(isTurned ? inputs : outputs)).flatMap { major in
                (0..<(isTurned ? outputs : inputs)).flatMap { minor in
                    kept.map { tap in
                        let (output, input) = isTurned ? (minor, major) : (major, minor)
                        return weights[(output * inputs + input) * taps + tap]
                    }
                }
            }
        }
    }

    static let shapes = [
        Shape(outputs: 16, inputs: 16, taps: 1, kept: [0]),
        Shape(outputs: 48, inputs: 70, taps: 9, kept: [8, 7, 6, 5, 4, 3, 2, 1, 0]),
        Shape(outputs: 4, inputs: 100, taps: 1, kept: [0]),
        Shape(outputs: 65, inputs: 16, taps: 9, kept: [8, 2, 0]),
        Shape(outputs: 33, inputs: 32, taps: 4, kept: [1, 3]),
    ]

    private func pack(_ weights: [Float], _ outputs: Int, _ inputs: Int, _ taps: Int) -> [Float] {
        var packed = [Float](repeating: .nan, count: Int(nn_cells_packed(Int64(outputs), Int64(inputs), Int64(taps))))
        nn_cells_pack(
            weights, Int64(outputs), Int64(inputs), Int64(inputs * taps), Int64(taps), (0..<taps).map { Int64($0) },
            Int64(taps), nil, &packed)
        return packed
    }

    @Test("Turned weights are those of the exchanged tensor, made at once or in parts", arguments: shapes)
    func turned(_ shape: Shape) {
        let expected = pack(shape.kept(isTurned: true), shape.inputs, shape.outputs, shape.kept.count)
        let packed = pack(shape.weights, shape.outputs, shape.inputs, shape.taps)
        let blocks = (shape.inputs + 15) / 16
        for step in [blocks, 1] {
            var got = [Float](repeating: .nan, count: expected.count)
            for first in stride(from: 0, to: blocks, by: step) {
                nn_cells_turn(
                    packed, Int64(shape.outputs), Int64(shape.inputs), Int64(shape.taps), shape.kept.map { Int64($0) },
                    Int64(shape.kept.count), &got, Int64(first), Int64(first + step))
            }
            #expect(got == expected)
        }
    }

    @Test("Kept taps are those of the smaller tensor", arguments: shapes)
    func keptTaps(_ shape: Shape) {
        let expected = pack(shape.kept(isTurned: false), shape.outputs, shape.inputs, shape.kept.count)
        var got = [Float](repeating: .nan, count: expected.count)
        nn_cells_keep_taps(
            pack(shape.weights, shape.outputs, shape.inputs, shape.taps), Int64(shape.outputs), Int64(shape.inputs),
            Int64(shape.taps), shape.kept.map { Int64($0) }, Int64(shape.kept.count), &got)
        #expect(got == expected)
    }

    @Test("What is packed comes out as it was", arguments: shapes)
    func unpacked(_ shape: Shape) {
        var got = [Float](repeating: .nan, count: shape.weights.count)
        nn_cells_unpack(
            pack(shape.weights, shape.outputs, shape.inputs, shape.taps), Int64(shape.outputs), Int64(shape.inputs),
            Int64(shape.inputs * shape.taps), Int64(shape.taps), (0..<shape.taps).map { Int64($0) },
            Int64(shape.taps), &got)
        #expect(got == shape.weights)
    }
}
