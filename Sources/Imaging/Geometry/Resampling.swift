/// Which source samples one output sample of an axis is made of, and their weights.
struct AxisTaps {
    /// Every output lies between a sample and the one behind it, and has one weight, the latter's share.
    let inPairs: Bool
    var starts: [Int32] = []
    /// `firsts[i] ..< firsts[i + 1]` are the weights of output `i`.
    var firsts: [Int32] = [0]
    var weights: [Float] = []

    /// Area averaging when the axis shrinks, linear when it grows.
    init(from source: Int, to target: Int) {
        starts.reserveCapacity(target)
        firsts.reserveCapacity(target + 1)
        let scale = Double(source) / Double(target)
        inPairs = target >= source && source > 1
        for index in 0..<target {
            if target < source {
                addArea(index: index, scale: scale, source: source)
            } else {
                addLinear(index: index, scale: scale, source: source)
            }
            firsts.append(Int32(weights.count))
        }
    }

    /// The share of each source sample in the interval index·scale ..< (index + 1)·scale.
    private mutating func addArea(index: Int, scale: Double, source: Int) {
        let low = Double(index) * scale
        let high = min(low + scale, Double(source))
        let first = min(Int(low), source - 1)
        let last = max(first, min(Int(high.rounded(.up)), source) - 1)
        starts.append(Int32(first))
        for sample in first...last {
            let share = min(high, Double(sample + 1)) - max(low, Double(sample))
            // What rounding leaves at the ends is not a sample's share.
            weights.append(share > 1e-6 ? Float(share / (high - low)) : 0)
        }
    }

    /// Between the two nearest sample centres, edges repeated.
    private mutating func addLinear(index: Int, scale: Double, source: Int) {
        let position = max(0, (Double(index) + 0.5) * scale - 0.5)
        guard source > 1 else {
            starts.append(0)
            weights.append(1)
            return
        }
        let first = min(Int(position), source - 2)
        starts.append(Int32(first))
        weights.append(Float(min(1, position - Double(first))))
    }

    /// As OpenCV's INTER_NEAREST: the sample at ⌊index · scale⌋.
    static func nearest(from source: Int, to target: Int) -> [Int] {
        let scale = 1 / (Double(target) / Double(source))
        return (0..<target).map { min(Int((Double($0) * scale).rounded(.down)), source - 1) }
    }
}
