import Foundation

func exponential(_ value: Float) -> Float { Float(exp(Double(value))) }

enum Logits {
    /// log Σ exp, of values far from zero too.
    static func logSumExp(_ logits: [Double]) -> Double {
        guard let top = logits.max() else { return -.infinity }
        return top + log(logits.reduce(0) { $0 + exp($1 - top) })
    }

    static func softmax(_ logits: [Double], temperature: Double) -> [Double] {
        let scaled = logits.map { $0 / temperature }
        let total = logSumExp(scaled)
        return scaled.map { exp($0 - total) }
    }

    /// The first of the largest.
    static func top(_ values: some Collection<Double>) -> Int {
        var best = 0
        for (index, value) in values.enumerated() where value > values[values.index(values.startIndex, offsetBy: best)]
        {
            best = index
        }
        return best
    }
}
