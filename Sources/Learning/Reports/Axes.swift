import Foundation
import Imaging

/// A rectangle with two linear axes, their ticks, grid and names.
struct Axes {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>
    var xName: String
    var yName: String
    /// Of the plot within the figure.
    var left = 62.0
    var top = 34.0
    var width: Double
    var height: Double

    func point(_ xValue: Double, _ yValue: Double) -> Point {
        Point(
            x: left + (xValue - x.lowerBound) / (x.upperBound - x.lowerBound) * width,
            y: top + height - (yValue - y.lowerBound) / (y.upperBound - y.lowerBound) * height)
    }

    /// Grid, ticks and names.
    func draw(on figure: inout Figure) {
        for tick in Self.ticks(y) {
            let place = point(x.lowerBound, tick).y
            figure.line([Point(x: left, y: place), Point(x: left + width, y: place)], Ink.grid)
            figure.text(Self.label(tick, in: y), left - 6, place + 4, size: 11, Ink.text, .right)
        }
        for tick in Self.ticks(x) {
            let place = point(tick, y.lowerBound).x
            figure.line([Point(x: place, y: top + height), Point(x: place, y: top + height + 4)], Ink.faint)
            figure.text(Self.label(tick, in: x), place, top + height + 17, size: 11, Ink.text, .centre)
        }
        let corner = Point(x: left, y: top + height)
        figure.line([Point(x: left, y: top), corner, Point(x: left + width, y: top + height)], Ink.faint)
        figure.text(xName, left + width / 2, top + height + 34, Ink.text, .centre)
        figure.uprightText(yName, 16, top + height / 2)
    }

    /// A range that values lie in, never empty.
    static func range(of values: some Sequence<Double>, from least: Double? = nil) -> ClosedRange<Double> {
        let finite = values.filter(\.isFinite)
        let low = least ?? finite.min() ?? 0
        let high = max(finite.max() ?? 1, low)
        return low...(high > low ? high : low + max(1, abs(low)))
    }

    /// Three to nine of 1, 2 or 5 times a power of ten.
    static func ticks(_ range: ClosedRange<Double>) -> [Double] {
        let span = range.upperBound - range.lowerBound
        guard span.isFinite, span > 0 else { return [range.lowerBound] }
        let power = pow(10, (log10(span / 5)).rounded(.down))
        let step = [1.0, 2, 5, 10].map { $0 * power }.first { span / $0 <= 6 } ?? span
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        guard last >= first, last - first < 20 else { return [range.lowerBound] }
        return (0...Int(last - first)).map { (first + Double($0)) * step }
    }

    private static func label(_ value: Double, in range: ClosedRange<Double>) -> String {
        if value == 0 { return "0" }
        let span = range.upperBound - range.lowerBound
        if abs(value) >= 10_000 { return String(format: "%gk", value / 1000) }
        if abs(value) < 0.001 { return String(format: "%.0e", value) }
        return span >= 5 ? String(format: "%g", value) : String(format: span < 0.05 ? "%.3f" : "%.2f", value)
    }
}
