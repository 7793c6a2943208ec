internal import Foundation

/// The distributions that Haralick's features are sums over, and the features themselves.
struct MatrixSums {
    private let levels: Int
    private let p: [Double]
    /// p_x; p_y is the same, the matrix being symmetric.
    private let marginal: [Double]
    /// P_{x+y}(k) at index k - 2, k = 2…2 N_g.
    private let sums: [Double]
    /// P_{x−y}(k), k = 0…N_g − 1.
    private let differences: [Double]

    init(probabilities: [Double], levels: Int) {
        self.levels = levels
        p = probabilities
        var marginal = [Double](repeating: 0, count: levels)
        var sums = [Double](repeating: 0, count: 2 * levels - 1)
        var differences = [Double](repeating: 0, count: levels)
        for i in 0..<levels {
            for j in 0..<levels {
                let share = probabilities[i * levels + j]
                marginal[i] += share
                sums[i + j] += share
                differences[abs(i - j)] += share
            }
        }
        self.marginal = marginal
        self.sums = sums
        self.differences = differences
    }

    var energy: Double { p.reduce(0) { $0 + $1 * $1 } }
    var contrast: Double { sum(differences) { $0 * $0 } }
    var inverseDifferenceMoment: Double { sum(differences) { 1 / (1 + $0 * $0) } }
    var matlabHomogeneity: Double { sum(differences) { 1 / (1 + $0) } }
    var entropy: Double { Self.entropy(p) }
    var sumEntropy: Double { Self.entropy(sums) }
    var differenceEntropy: Double { Self.entropy(differences) }
    var differenceAverage: Double { sum(differences) { $0 } }
    var sumAverage: Double { sum(sums) { $0 + 2 } }

    /// Σ (i − μ)² p(i, j).
    var variance: Double {
        let mean = sum(marginal) { $0 }
        return sum(marginal) { ($0 - mean) * ($0 - mean) }
    }

    /// 1 for an image of one level, as mahotas.
    var correlation: Double {
        let variance = variance
        // A symmetric matrix has Σ (i − j)² p = 2 (σ² − covariance).
        return variance > 0 ? 1 - contrast / (2 * variance) : 1
    }

    var sumVariance: Double {
        let mean = sumAverage
        return sum(sums) { ($0 + 2 - mean) * ($0 + 2 - mean) }
    }

    /// Σ (k − SE)² P_{x−y}(k), as printed.
    var paperSumVariance: Double {
        let centre = differenceEntropy
        return sum(differences) { ($0 - centre) * ($0 - centre) }
    }

    /// The variance of the values P_{x−y}(0…N_g − 1).
    var differenceVariance: Double {
        let mean = 1 / Double(levels)
        return differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(levels)
    }

    /// (HXY − HXY1) / HX; for symmetric matrices HXY1 = HXY2 = 2 HX.
    var informationMeasure1: Double {
        let single = Self.entropy(marginal)
        return single > 0 ? (entropy - 2 * single) / single : 0
    }

    /// √(1 − exp(−2 (HXY2 − HXY))).
    var informationMeasure2: Double {
        max(0, 1 - exp(-2 * (2 * Self.entropy(marginal) - entropy))).squareRoot()
    }

    private func sum(_ distribution: [Double], _ weight: (Double) -> Double) -> Double {
        var total = 0.0
        for (index, share) in distribution.enumerated() where share > 0 { total += weight(Double(index)) * share }
        return total
    }

    private static func entropy(_ distribution: [Double]) -> Double {
        var total = 0.0
        for share in distribution where share > 0 { total -= share * log(share) }
        return total
    }
}
