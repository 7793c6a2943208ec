import Foundation

func exponential(_ value: Float) -> Float { Float(exp(Double(value))) }

/// Of the classes of one image.
package enum Logits {
    /// log Σ exp, of values far from zero too.
    package static func logSumExp(_ logits: [Double]) -> Double {
        guard let top = logits.max() else { return -.infinity }
        return top + log(logits.reduce(0) { $0 + exp($1 - top) })
    }

    /// exp(x_c / T) / Σ exp(x / T).
    package static func softmax(_ logits: [Double], temperature: Double = 1) -> [Double] {
        let scaled = logits.map { $0 / temperature }
        let total = logSumExp(scaled)
        return scaled.map { exp($0 - total) }
    }

    /// log Σ exp(x) − x of the label.
    package static func crossEntropy(_ logits: [Double], _ label: Int) -> Double { logSumExp(logits) - logits[label] }

    /// The first of the largest.
    package static func top(_ values: some Collection<Double>) -> Int {
        var best = 0
        for (index, value) in values.enumerated() where value > values[values.index(values.startIndex, offsetBy: best)]
        {
            best = index
        }
        return best
    }
}
