/// Numbers from files may be anything, and converting a NaN or a huge one would trap.
extension Int {
    /// The nearest integer that there is; 0 for NaN.
    init(saturating value: Double) {
        if value.isNaN {
            self = 0
        } else {
            self = Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
        }
    }
}

extension UInt8 {
    /// 0 to 255, rounded; 0 for NaN.
    init(level value: Double) {
        self = UInt8(Swift.min(255, Swift.max(0, Int(saturating: value.rounded()))))
    }
}
