import Foundation

/// Of logits.
enum CrossEntropy {
    /// log Σ exp(x) − x of the label.
    static func loss(_ logits: [Double], _ label: Int) -> Double {
        let top = logits.max() ?? 0
        return top + log(logits.reduce(0) { $0 + exp($1 - top) }) - logits[label]
    }

    /// The first of the largest.
    static func top(_ logits: [Double]) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }
}
