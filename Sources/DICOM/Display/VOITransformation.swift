internal import DICOMCore

/// Values after the modality transformation to brightness, 0 to 1 (PS3.3 C.11.2).
enum VOITransformation: Equatable {
    case window(Window)
    case table(LookupTable)
    /// From the first value (0) to the second (1).
    case range(Double, Double)

    func brightness(_ value: Double) -> Double {
        switch self {
        case .window(let window): window.brightness(value)
        case .table(let table): Double(table[Int(saturating: value)]) / Double(table.maximum)
        case .range(let low, let high): high > low ? min(1, max(0, (value - low) / (high - low))) : value < low ? 0 : 1
        }
    }
}

extension DataSet {
    /// The windows that hold for a frame, in the object's order: those of its functional groups, else the root's.
    public func windows(frame: Int = 0) -> [Window] {
        let source = functionalGroup(.frameVOILUTSequence, frame: frame) ?? self
        let centers = source.doubles(.windowCenter)
        let widths = source.doubles(.windowWidth)
        let explanations = source.strings(.windowExplanation)
        let function = source.string(.voiLUTFunction).flatMap(WindowFunction.init) ?? .linear
        return zip(centers, widths).enumerated().compactMap { index, window in
            Window(
                center: window.0, width: window.1, function: function,
                explanation: explanations.indices.contains(index) ? explanations[index] : nil)
        }
    }

    /// The VOI LUTs that the object lists, in its order.
    public func voiLookupTables() -> [LookupTable] {
        let inputsAreSigned = modalityOutputIsSigned
        return sequence(.voiLUTSequence).compactMap { LookupTable($0, isSigned: inputsAreSigned) }
    }

    /// A LUT's first input is signed when its inputs can be negative.
    private var modalityOutputIsSigned: Bool {
        switch modalityTransformation() {
        case .table: false
        case .rescale(_, let intercept): intercept < 0 || integer(.pixelRepresentation) == 1
        }
    }

    /// - Parameters:
    ///   - values: of the frame after the modality transformation, without padding; asked for percentiles only.
    ///   - range: that such values can have; what a constant frame is shown in.
    func voiTransformation(
        _ choice: WindowChoice, frame: Int, values: () -> [Double], range: ClosedRange<Double>
    ) throws(DICOMError) -> VOITransformation {
        switch choice {
        case .window(let window): return .window(window)
        case .percentiles(let low, let high): return Percentiles.range(values(), low, high, of: range)
        case .listed(let index):
            let windows = windows(frame: frame)
            guard windows.indices.contains(index) else {
                throw .inconsistent(why: "window \(index + 1) was asked for, but the object lists \(windows.count)")
            }
            return .window(windows[index])
        case .automatic:
            if let table = voiLookupTables().first { return .table(table) }
            if let window = windows(frame: frame).first { return .window(window) }
            return Percentiles.range(values(), 0.5, 99.5, of: range)
        }
    }
}

enum Percentiles {
    /// The window between two percentiles, interpolated linearly between neighbouring values; where they fall together,
    /// between the least and the largest value, and for a constant frame, of what its values can be.
    static func range(_ values: [Double], _ low: Double, _ high: Double, of full: ClosedRange<Double>)
        -> VOITransformation
    {
        let sorted = values.sorted()
        guard let least = sorted.first, let most = sorted.last else { return .range(0, 0) }
        let window = (percentile(sorted, low), percentile(sorted, high))
        if window.0 < window.1 { return .range(window.0, window.1) }
        return least < most ? .range(least, most) : .range(full.lowerBound, full.upperBound)
    }

    private static func percentile(_ sorted: [Double], _ percent: Double) -> Double {
        let position = min(max(0, percent / 100), 1) * Double(sorted.count - 1)
        let below = Int(position)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
    }
}
