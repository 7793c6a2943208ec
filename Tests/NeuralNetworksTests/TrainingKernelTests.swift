import CKernels
import Foundation
import Testing

/// Kernels of training steps against what PyTorch says (Fixtures/training_kernels.py prints it) and their definitions.
@Suite struct TrainingKernelTests {
    /// (i * factor mod modulus) / 4 - 1, as the script makes its numbers.
    static func made(_ count: Int, _ factor: Int, _ modulus: Int) -> [Float] {
        (0..<count).map { Float($0 * factor % modulus) / 4 - 1 }
    }

    /// The numbers as lane 3 of cells that hold other numbers elsewhere.
    static func cells(_ values: [Float]) -> [Float] {
        values.flatMap { value in (0..<16).map { $0 == 3 ? value : Float($0) } }
    }

    static func lane(_ cells: [Float]) -> [Float] { stride(from: 3, to: cells.count, by: 16).map { cells[$0] } }

    static func expectClose(_ one: [Float], _ other: [Float], _ bound: Float = 2e-6) {
        #expect(one.count == other.count)
        for (one, other) in zip(one, other) { #expect(abs(one - other) < bound) }
    }

    @Test("SGD moves weights as PyTorch's does", arguments: [false, true])
    func sgd(nesterov: Bool) {
        var w = Self.made(5, 3, 8)
        var v = [Float](repeating: 0, count: 5)
        for step in 0..<3 {
            let doubled = Self.made(5, 5 + step, 9).map { $0 * 2 }
            nn_sgd_step(&w, &v, doubled, 5, 0.5, 0.01, 0.9, 0.1, nesterov ? 1 : 0)
        }
        Self.expectClose(
            w,
            nesterov
                ? [-0.188455, -0.6115285, 0.7732953, -0.5972701, 0.178616]
                : [-0.4338747, -0.4862037, 0.7226375, -0.6662061, 0.11536])
    }

    @Test("Adam moves weights as PyTorch's AdamW does")
    func adam() {
        var w = Self.made(5, 3, 8)
        var m = [Float](repeating: 0, count: 5)
        var v = m
        for step in 0..<3 {
            let doubled = Self.made(5, 5 + step, 9).map { $0 * 2 }
            let (first, second) = (1 - pow(0.9, Float(step + 1)), 1 - pow(0.99, Float(step + 1)))
            let rule = nn_adam_rule(
                factor: 0.5, decay: 0.1 * 0.01, beta1: 0.9, beta2: 0.99, rate: 0.1 / first,
                root: 1 / second.squareRoot(), epsilon: 1e-8)
            nn_adam_step(&w, &m, &v, doubled, 5, rule)
        }
        Self.expectClose(w, [-0.6973029, -0.5408953, 0.7305441, -0.7694356, 0.1381912])
    }

    @Test("Batch normalisation with ReLU, forward and backward, is PyTorch's", arguments: [false, true])
    func normalization(byResult: Bool) {
        let (x, dy) = (Self.cells(Self.made(7, 5, 9)), Self.cells(Self.made(7, 3, 7)))
        let (gamma, beta): (Float, Float) = (1.5, 0.25)
        var mean = [Float](repeating: .nan, count: 16)
        var variance = mean
        nn_cells_moments(x, 7, &mean, &variance)
        let inverse = variance.map { 1 / ($0 + 1e-5).squareRoot() }
        let scale = inverse.map { gamma * $0 }
        let shift = zip(scale, mean).map { beta - $0 * $1 }
        var y = [Float](repeating: .nan, count: x.count)
        nn_cells_normalize(x, 7, scale, shift, nil, 1, &y)
        Self.expectClose(Self.lane(y), [0, 1.215577, 0, 1.830034, 0, 2.444492, 0])
        var sumG = [Double](repeating: .nan, count: 16)
        var sumGX = sumG
        nn_cells_norm_sums(x, dy, byResult ? y : nil, 7, scale, shift, mean, 1, nil, &sumG, &sumGX)
        #expect(abs(sumG[3] + 1.5) < 1e-6)
        #expect(abs(Float(sumGX[3]) * inverse[3] + 1.784854) < 2e-6)
        // dx = scale * (g - mean of g - (x - mean) * inverse^2 * mean of g * (x - mean))
        let byX = (0..<16).map { -scale[$0] * inverse[$0] * inverse[$0] * Float(sumGX[$0]) / 7 }
        let constant = (0..<16).map { -scale[$0] * Float(sumG[$0]) / 7 - byX[$0] * mean[$0] }
        var dx = dy
        nn_cells_norm_backward(x, dy, byResult ? y : nil, 7, scale, shift, 1, scale, byX, constant, 0, &dx)
        let expected: [Float] = [-0.3535001, 0.3156353, -0.09678148, -0.04210379, 0.1599372, -0.399843, 0.4166558]
        Self.expectClose(Self.lane(dx), expected)
        nn_cells_norm_backward(x, dy, byResult ? y : nil, 7, scale, shift, 1, scale, byX, constant, 1, &dx)
        Self.expectClose(Self.lane(dx), expected.map { 2 * $0 })
    }

    @Test("The variance of numbers far from 0 keeps its digits")
    func momentsFarFromZero() {
        var random = TestRandom(seed: 2)
        let x = (0..<1000 * 16).map { _ in 4096 + random.next(in: -1...1) }
        var mean = [Float](repeating: .nan, count: 16)
        var variance = mean
        nn_cells_moments(x, 1000, &mean, &variance)
        for lane in 0..<16 {
            let values = stride(from: lane, to: x.count, by: 16).map { Double(x[$0]) }
            let exact = values.reduce(0, +) / 1000
            let spread = values.reduce(0) { $0 + ($1 - exact) * ($1 - exact) } / 1000
            #expect(abs(Double(mean[lane]) - exact) < 3e-4)
            #expect(abs(Double(variance[lane]) - spread) < 1e-6 * spread)
        }
    }

    @Test("What reaches a normalisation is written where it is wanted, residuals are added before ReLU")
    func maskedGradient() {
        var random = TestRandom(seed: 6)
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in random.next(in: -1...1) } }
        let (x, residual, dy) = (numbers(130 * 16), numbers(130 * 16), numbers(130 * 16))
        let (scale, shift, mean) = (numbers(16), numbers(16), numbers(16))
        var y = residual
        nn_cells_normalize(x, 130, scale, shift, residual, 1, &y)
        let expected = (0..<x.count).map { (i: Int) -> Float in
            let normal = scale[i % 16] * x[i] + shift[i % 16]
            return max(0, normal + residual[i])
        }
        Self.expectClose(y, expected)
        let g = zip(y, dy).map { $0 > 0 ? $1 : 0 }
        var sumG = [Double](repeating: .nan, count: 16)
        var sumGX = sumG
        var masked = [Float](repeating: .nan, count: x.count)
        nn_cells_norm_sums(x, dy, y, 130, scale, shift, mean, 1, &masked, &sumG, &sumGX)
        #expect(masked == g)
        for lane in 0..<16 {
            let places = stride(from: lane, to: x.count, by: 16)
            let sum = places.reduce(0.0) { $0 + Double(g[$1]) }
            let products = places.reduce(0.0) { $0 + Double(g[$1]) * Double(x[$1] - mean[lane]) }
            #expect(abs(sumG[lane] - sum) < 1e-5)
            #expect(abs(sumGX[lane] - products) < 1e-5)
        }
        nn_cells_norm_sums(x, dy, nil, 130, scale, shift, mean, 0, &masked, &sumG, &sumGX)
        #expect(masked == dy)
    }

    @Test("Max pooling's gradient goes to the first of the largest, as PyTorch's")
    func maxPool() {
        let (x, dy) = (Self.cells(Self.made(30, 7, 4)), Self.cells(Self.made(9, 5, 7)))
        var dx = [Float](repeating: 0, count: x.count)
        nn_cells_max_pool_backward(x, dy, &dx, 5, 6, 3, 2, 1, 3, 3)
        let expected: [Float] = [
            0, -0.75, 0, 0, 0, -0.25, 0, 0, 0, 0.5, 0, 0, 0, -0.75, 0, 0, 0, 0, 0, 0, 0, -0.75, 0, 0, 0, -0.5, 0, 0, 0,
            0,
        ]
        #expect(Self.lane(dx) == expected)
    }

    @Test("Sums, ReLU and averages of cells are those of their definitions")
    func pointwise() {
        var random = TestRandom(seed: 7)
        let x = (0..<101 * 16).map { _ in random.next(in: -1...1) }
        let dy = x.map { $0 * 3 + 1 }
        var sum = [Double](repeating: .nan, count: 16)
        nn_cells_sum(x, 101, &sum)
        for lane in 0..<16 {
            let exact = stride(from: lane, to: x.count, by: 16).reduce(0.0) { $0 + Double(x[$1]) }
            #expect(abs(sum[lane] - exact) < 1e-5)
        }
        let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(nn_square_sum(x, Int64(x.count)) - squares) < 1e-9)
        let tail = x.prefix(21).reduce(0.0) { $0 + Double($1) * Double($1) }
        #expect(abs(nn_square_sum(x, 21) - tail) < 1e-12)

        var dx = dy
        nn_relu_backward(x, dy, Int64(x.count), 0, &dx)
        #expect(dx == zip(x, dy).map { $0 > 0 ? $1 : 0 })
        nn_relu_backward(x, dy, Int64(x.count), 1, &dx)
        #expect(dx == zip(x, dy).map { $0 > 0 ? 2 * $1 : 0 })
        nn_add_to(x, Int64(x.count), &dx)
        Self.expectClose(dx, zip(x, dy).map { $0 > 0 ? 2 * $1 + $0 : $0 })

        var average = [Float](repeating: 1, count: 21)
        nn_average_towards(x, 21, 0.25, &average)
        Self.expectClose(average, x.prefix(21).map { 0.75 + 0.25 * $0 })
        var spread = [Float](repeating: 2, count: 5 * 16)
        nn_cells_average_backward(dy, 5, 1, &spread)
        Self.expectClose(spread, (0..<80).map { 2 + dy[$0 % 16] / 5 })
        nn_cells_average_backward(dy, 5, 0, &spread)
        Self.expectClose(spread, (0..<80).map { dy[$0 % 16] / 5 })
    }
}
