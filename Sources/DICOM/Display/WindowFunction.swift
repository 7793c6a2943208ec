internal import Foundation

/// VOI LUT Function (0028,1056).
public enum WindowFunction: String, Sendable {
    /// PS3.3 C.11.2.1.2.1.
    case linear = "LINEAR"
    /// PS3.3 C.11.2.1.3.2.
    case linearExact = "LINEAR_EXACT"
    /// PS3.3 C.11.2.1.3.1.
    case sigmoid = "SIGMOID"
}

/// A window on values after the modality transformation.
public struct Window: Equatable, Sendable {
    public var center: Double
    public var width: Double
    public var function: WindowFunction
    /// Window Center & Width Explanation (0028,1055).
    public var explanation: String?

    /// Nil for a window that shows nothing: a width below 1 (LINEAR) or not above 0, or no finite numbers.
    public init?(center: Double, width: Double, function: WindowFunction = .linear, explanation: String? = nil) {
        guard center.isFinite, width.isFinite, function == .linear ? width >= 1 : width > 0 else { return nil }
        self.center = center
        self.width = width
        self.function = function
        self.explanation = explanation
    }

    /// CT lungs: centre -600, width 1500 Hounsfield units.
    public static let lung = Window(known: -600, 1500)

    private init(known center: Double, _ width: Double) {
        self.center = center
        self.width = width
        function = .linear
    }

    /// Brightness of a value, 0 to 1.
    public func brightness(_ value: Double) -> Double {
        switch function {
        case .linear:
            // A width of 1 is a threshold.
            guard width > 1 else { return value <= center - 0.5 ? 0 : 1 }
            return min(1, max(0, (value - (center - 0.5)) / (width - 1) + 0.5))
        case .linearExact:
            return min(1, max(0, (value - center) / width + 0.5))
        case .sigmoid:
            return 1 / (1 + exp(-4 * (value - center) / width))
        }
    }
}

/// How values become grey levels.
public enum WindowChoice: Equatable, Sendable {
    /// The object's first VOI LUT, else its first window, else the 0.5 to 99.5 percentiles.
    case automatic
    case window(Window)
    /// One of the windows that the object lists, from 0.
    case listed(Int)
    /// Percentiles, 0 to 100, of the values that are not padding.
    case percentiles(Double, Double)

    public static let lung = WindowChoice.window(.lung)
}
