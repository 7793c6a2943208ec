import Diagnosis

/// Quantiles, means and deviations of a few numbers.
public enum Quantile {
    /// Linear between neighbours, as numpy's default; nil of nothing.
    public static func of(_ values: [Double], _ share: Double) -> Double? {
        ThresholdFit.quantile(share, of: values)
    }

    /// Nil of nothing.
    public static func mean(_ values: [Double]) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// Divided by n − 1; nil of less than two.
    public static func deviation(_ values: [Double]) -> Double? {
        guard values.count > 1, let mean = mean(values) else { return nil }
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
    }
}
