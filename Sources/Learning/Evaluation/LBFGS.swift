/// The minimum of a smooth convex function with limited memory (Nocedal and Wright 2006, algorithms 7.4 and 7.5).
struct LBFGS {
    let iterations: Int
    /// It ends when no part of the gradient is larger.
    let tolerance: Double
    /// Pairs of steps and changes of the gradient that are kept.
    private let memory = 10

    init(iterations: Int, tolerance: Double) {
        self.iterations = iterations
        self.tolerance = tolerance
    }

    private struct Pair {
        var step: [Double]
        var change: [Double]
        /// 1 / step · change.
        var inverse: Double
    }

    func minimum(from start: [Double], of function: ([Double]) -> (Double, [Double])) -> [Double] {
        var point = start
        var (value, gradient) = function(point)
        var pairs: [Pair] = []
        for _ in 0..<iterations {
            if gradient.allSatisfy({ abs($0) <= tolerance }) { break }
            let direction = direction(gradient, pairs)
            let slope = dot(direction, gradient)
            // Without a memory the gradient's length says nothing of the step's.
            var length = pairs.isEmpty ? 1 / max(1, dot(gradient, gradient).squareRoot()) : 1
            var found = false
            // Halving until the value falls as it should (Armijo); rounding ends it near the minimum.
            for _ in 0..<40 {
                let next = zip(point, direction).map { $0 + length * $1 }
                let (nextValue, nextGradient) = function(next)
                if nextValue <= value + 1e-4 * length * slope {
                    remember(zip(next, point).map(-), zip(nextGradient, gradient).map(-), in: &pairs)
                    (point, value, gradient) = (next, nextValue, nextGradient)
                    found = true
                    break
                }
                length /= 2
            }
            if !found { break }
        }
        return point
    }

    private func direction(_ gradient: [Double], _ pairs: [Pair]) -> [Double] {
        var vector = gradient
        var shares: [Double] = []
        for pair in pairs.reversed() {
            let share = pair.inverse * dot(pair.step, vector)
            shares.append(share)
            add(pair.change, times: -share, to: &vector)
        }
        if let last = pairs.last {
            let scale = 1 / (last.inverse * dot(last.change, last.change))
            for index in vector.indices { vector[index] *= scale }
        }
        for (pair, share) in zip(pairs, shares.reversed()) {
            add(pair.step, times: share - pair.inverse * dot(pair.change, vector), to: &vector)
        }
        return vector.map { -$0 }
    }

    private func remember(_ step: [Double], _ change: [Double], in pairs: inout [Pair]) {
        let product = dot(step, change)
        guard product > 0 else { return }
        if pairs.count == memory { pairs.removeFirst() }
        pairs.append(Pair(step: step, change: change, inverse: 1 / product))
    }

    private func dot(_ left: [Double], _ right: [Double]) -> Double {
        var sum = 0.0
        for index in left.indices { sum += left[index] * right[index] }
        return sum
    }

    private func add(_ other: [Double], times factor: Double, to vector: inout [Double]) {
        for index in vector.indices { vector[index] += factor * other[index] }
    }
}
