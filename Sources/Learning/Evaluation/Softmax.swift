import Diagnosis

/// exp(x_c / T) / Σ exp(x / T).
public enum Softmax {
    /// - Parameter temperature: above 0.
    public static func of(_ logits: [Double], temperature: Double = 1) -> [Double] {
        ThresholdFit.softmax(logits, temperature: temperature)
    }
}
