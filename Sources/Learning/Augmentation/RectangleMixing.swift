/// A rectangle of another sample laid over a sample (CutMix: Yun et al. 2019, ICCV). Here the other is of the same class, so
/// that the label stays, and mostly of another source: what a source looks like says less of the class then.
struct RectangleMixing: Sendable {
    /// Share of the samples that are changed.
    var share: Float
    /// The rectangle's sides as shares of the window's.
    var sides: ClosedRange<Float> = 0.4...0.8

    /// - Parameters:
    ///   - other: `side × side`, as the values.
    func lay(_ other: [Float], over values: inout [Float], side: Int, _ stream: inout RandomStream) {
        let rectangle = WindowRectangle(sides: sides, of: side, &stream)
        for row in rectangle.rows {
            let part = row * side + rectangle.columns.lowerBound..<row * side + rectangle.columns.upperBound
            values.replaceSubrange(part, with: other[part])
        }
    }
}

/// A random rectangle of a square window.
struct WindowRectangle {
    let rows: Range<Int>
    let columns: Range<Int>

    /// - Parameters:
    ///   - sides: as shares of the window's.
    ///   - side: of the window, in pixels.
    init(sides: ClosedRange<Float>, of side: Int, _ stream: inout RandomStream) {
        let (height, width) = (Int(stream.uniform(sides) * Float(side)), Int(stream.uniform(sides) * Float(side)))
        let (top, left) = (stream.index(below: side - height + 1), stream.index(below: side - width + 1))
        (rows, columns) = (top..<top + height, left..<left + width)
    }
}
