import Foundation

/// Temperature and thresholds of a bundle from labelled images that no network learned from.
package enum ThresholdFit {
    /// One image: mean logits and the index of its class.
    package struct Example: Sendable {
        package var logits: [Double]
        package var label: Int

        package init(logits: [Double], label: Int) {
            self.logits = logits
            self.label = label
        }
    }

    /// The temperature of least mean negative log-likelihood (Guo et al. 2017), by golden-section search over
    /// 0.1…10.
    package static func temperature(_ examples: [Example]) -> Double {
        let golden = (5.0.squareRoot() - 1) / 2
        var low = log(0.1)
        var high = log(10.0)
        while high - low > 1e-4 {
            let left = high - golden * (high - low)
            let right = low + golden * (high - low)
            if negativeLogLikelihood(examples, exp(left)) < negativeLogLikelihood(examples, exp(right)) {
                high = right
            } else {
                low = left
            }
        }
        return exp((low + high) / 2)
    }

    package static func negativeLogLikelihood(_ examples: [Example], _ temperature: Double) -> Double {
        examples.reduce(0) { sum, example in
            sum + Logits.logSumExp(example.logits.map { $0 / temperature })
                - example.logits[example.label] / temperature
        } / Double(max(1, examples.count))
    }

    /// Share of examples whose top class is theirs, and expected calibration error over 15 bins.
    package static func accuracyAndError(_ examples: [Example], _ temperature: Double) -> (Double, Double) {
        var bins = [(count: Int, hits: Int, sum: Double)](repeating: (0, 0, 0), count: 15)
        var hits = 0
        for example in examples {
            let values = Logits.softmax(example.logits, temperature: temperature)
            let top = Logits.top(values)
            let bin = min(14, Int(values[top] * 15))
            let hit = top == example.label ? 1 : 0
            bins[bin].count += 1
            bins[bin].hits += hit
            bins[bin].sum += values[top]
            hits += hit
        }
        let total = Double(max(1, examples.count))
        let error = bins.reduce(0) { $0 + abs(Double($1.hits) - $1.sum) / total }
        return (Double(hits) / total, error)
    }

    /// The value below which a share of the values lies, linear between neighbours; nil without values.
    package static func quantile(_ share: Double, of values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let position = min(max(share, 0), 1) * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
    }
}
