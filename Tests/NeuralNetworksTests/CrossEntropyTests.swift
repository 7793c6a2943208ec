import CKernels
import Foundation
import Testing

/// Softmax cross-entropy against PyTorch (Fixtures/training_kernels.py), its definition and finite differences.
@Suite struct CrossEntropyTests {
    static let weight: [Float] = [0.5, 1, 2]

    /// Cells whose first three channels are the numbers.
    private func cells(_ values: [Float]) -> [Float] {
        stride(from: 0, to: values.count, by: 3).flatMap { pixel in
            (0..<16).map { $0 < 3 ? values[pixel + $0] : 50 }
        }
    }

    private func loss(
        _ logits: [Float], _ labels: [UInt8], smoothing: Float = 0, factor: Float = 1, gradient: inout [Float]
    ) -> (loss: Double, weight: Double) {
        var weight = 10.0
        let loss = nn_cells_cross_entropy(
            cells(logits), labels, Int64(labels.count), 3, Self.weight, smoothing, factor, &gradient, &weight)
        return (loss, weight - 10)
    }

    @Test("One class a pixel is PyTorch's loss, with and without smoothing", arguments: [Float(0), 0.1])
    func pytorch(smoothing: Float) {
        let logits = TrainingKernelTests.made(12, 7, 11)
        var gradient = [Float](repeating: .nan, count: 64)
        let result = loss(logits, [1, 2, 4, 4], smoothing: smoothing, factor: 3, gradient: &gradient)
        #expect(abs(result.loss - (smoothing > 0 ? 11.70551 : 12.12946)) < 1e-5)
        #expect(result.weight == 5.5)
        let expected: [Float] =
            smoothing > 0
            ? [
                -0.4027925, 0.3342374, 0.06855504, 0.6596617, -0.684526, 0.02486442, 1.258379, 0.4357296, -1.694108,
                1.258379, 0.4357296, -1.694108,
            ]
            : [
                -0.4436404, 0.3243271, 0.1193133, 0.665241, -0.7552715, 0.09003058, 1.330482, 0.489457, -1.819939,
                1.330482, 0.489457, -1.819939,
            ]
        for (index, value) in gradient.enumerated() {
            let (pixel, channel) = (index / 16, index % 16)
            #expect(abs(value - (channel < 3 ? 3 * expected[pixel * 3 + channel] : 0)) < 1e-5)
        }
    }

    @Test("A set of classes costs -log of its probability, at its mean weight; an empty one nothing")
    func sets() {
        let logits: [Float] = [0.5, -1, 2, 100, 0, 100, 1, 2, 3]
        var gradient = [Float](repeating: .nan, count: 48)
        let result = loss(logits, [0b011, 0b101, 0], smoothing: 0.1, gradient: &gradient)
        let powers = logits.prefix(3).map { exp(Double($0)) }
        let share = (powers[0] + powers[1]) / powers.reduce(0, +)
        #expect(abs(result.loss + 0.75 * log(share)) < 1e-9)
        #expect(result.weight == 0.75 + 1.25)
        #expect(gradient[32...].allSatisfy { $0 == 0 })
    }

    @Test("The gradient is the loss's slope", arguments: [UInt8(1), 3, 6, 7], [Float(0), 0.2])
    func slope(label: UInt8, smoothing: Float) {
        let logits: [Float] = [0.5, -1, 0.75]
        var gradient = [Float](repeating: .nan, count: 16)
        var ignored = gradient
        _ = loss(logits, [label], smoothing: smoothing, gradient: &gradient)
        for channel in 0..<3 {
            var (up, down) = (logits, logits)
            up[channel] += 1 / 256
            down[channel] -= 1 / 256
            let rise =
                loss(up, [label], smoothing: smoothing, gradient: &ignored).loss
                - loss(down, [label], smoothing: smoothing, gradient: &ignored).loss
            #expect(abs(rise * 128 - Double(gradient[channel])) < 1e-5)
        }
    }
}
