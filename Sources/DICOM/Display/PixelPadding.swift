internal import DICOMCore

/// Stored values that stand for no image (PS3.3 C.7.5.1.1.2).
struct PixelPadding: Equatable {
    let values: ClosedRange<Int>

    /// Nil when the object has none.
    init?(_ dataSet: DataSet, _ image: ImageDescription) {
        guard image.samples == 1, !image.type.isFloat, let value = dataSet.integer(.pixelPaddingValue) else {
            return nil
        }
        let first = Self.stored(value, image)
        let last = dataSet.integer(.pixelPaddingRangeLimit).map { Self.stored($0, image) } ?? first
        values = min(first, last)...max(first, last)
    }

    /// The value as a stored one: writers state it unsigned in signed images and the other way round.
    private static func stored(_ value: Int, _ image: ImageDescription) -> Int {
        let span = 1 << min(image.bitsAllocated, 32)
        if image.isSigned, value >= span / 2 { return value - span }
        if !image.isSigned, value < 0 { return value + span }
        return value
    }

    func contains(_ value: Double) -> Bool {
        value >= Double(values.lowerBound) && value <= Double(values.upperBound)
    }
}
