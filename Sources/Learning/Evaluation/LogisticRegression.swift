import Diagnosis
import Foundation

/// A linear classifier of feature vectors: mean cross-entropy plus penalty / 2 · ‖W‖², biases free (scikit-learn's
/// `LogisticRegression` with C = 1 / (examples · penalty)). Fitted by L-BFGS (Nocedal and Wright 2006, algorithm 7.4).
public struct LogisticRegression: Sendable {
    private let classes: Int
    private let features: Int
    /// Class by class: the weights, then the bias.
    private let weights: [Double]

    /// - Parameters:
    ///   - features: of each example; all of one length.
    ///   - labels: of each example, 0 ..< `classes`.
    ///   - penalty: above 0.
    /// - Precondition: as many labels as examples.
    public init(
        features: [[Double]], labels: [Int], classes: Int, penalty: Double, iterations: Int = 300,
        tolerance: Double = 1e-5
    ) {
        precondition(features.count == labels.count)
        let loss = PenalizedLoss(features: features, labels: labels, classes: classes, penalty: penalty)
        self.classes = classes
        self.features = loss.width
        weights = LBFGS(iterations: iterations, tolerance: tolerance)
            .minimum(from: [Double](repeating: 0, count: classes * (loss.width + 1)), of: loss.valueAndGradient)
    }

    /// Of each class.
    public func probabilities(_ example: [Double]) -> [Double] {
        Logits.softmax(
            (0..<classes).map { name in
                let start = name * (features + 1)
                return zip(example, weights[start..<start + features]).reduce(weights[start + features]) {
                    $0 + $1.0 * $1.1
                }
            })
    }

    /// The most probable class.
    public func answer(_ example: [Double]) -> Int {
        let values = probabilities(example)
        return values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    }
}

private struct PenalizedLoss {
    let features: [[Double]]
    let labels: [Int]
    let classes: Int
    let penalty: Double
    let width: Int

    init(features: [[Double]], labels: [Int], classes: Int, penalty: Double) {
        self.features = features
        self.labels = labels
        self.classes = classes
        self.penalty = penalty
        width = features.first?.count ?? 0
    }

    func valueAndGradient(_ weights: [Double]) -> (Double, [Double]) {
        let share = 1 / Double(max(1, features.count))
        var value = 0.0
        var gradient = [Double](repeating: 0, count: weights.count)
        for (example, label) in zip(features, labels) {
            let scores = (0..<classes).map { name in
                let start = name * (width + 1)
                return dot(example, weights, start) + weights[start + width]
            }
            let probabilities = Logits.softmax(scores)
            value -= log(max(probabilities[label], .leastNormalMagnitude)) * share
            for name in 0..<classes {
                let error = (probabilities[name] - (name == label ? 1 : 0)) * share
                let start = name * (width + 1)
                add(example, times: error, to: &gradient, start)
                gradient[start + width] += error
            }
        }
        for name in 0..<classes {
            for place in name * (width + 1)..<name * (width + 1) + width {
                value += penalty / 2 * weights[place] * weights[place]
                gradient[place] += penalty * weights[place]
            }
        }
        return (value, gradient)
    }

    private func dot(_ example: [Double], _ weights: [Double], _ start: Int) -> Double {
        var sums = SIMD8<Double>.zero
        let whole = width / 8 * 8
        var place = 0
        while place < whole {
            for lane in 0..<8 { sums[lane] += example[place + lane] * weights[start + place + lane] }
            place += 8
        }
        var sum = sums.sum()
        for place in whole..<width { sum += example[place] * weights[start + place] }
        return sum
    }

    private func add(_ example: [Double], times factor: Double, to gradient: inout [Double], _ start: Int) {
        for place in 0..<width { gradient[start + place] += factor * example[place] }
    }
}
