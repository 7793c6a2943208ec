import Foundation
import Imaging

/// Curves over one axis, with a legend.
struct CurvesFigure {
    struct Curve {
        var name: String
        var points: [(x: Double, y: Double)]
        var isDashed = false
        /// Each point is marked.
        var isDotted = false
        /// Drawn thin and pale in the colour of the curve before it, which smooths it.
        var isFaint = false
    }

    var title: String
    var xName: String
    var yName: String
    var curves: [Curve]
    /// The lowest value of the axis; nil: of the curves.
    var least: Double?
    /// The highest value of the axis; nil: of the curves.
    var most: Double?
    /// Places on the horizontal axis that something changes at, with its name.
    var marks: [(x: Double, name: String)] = []
    var xRange: ClosedRange<Double>?

    static let size = (width: 640.0, height: 300.0)

    var figure: Figure {
        let drawn = curves.map { curve in
            var curve = curve
            curve.points = curve.points.filter { $0.x.isFinite && $0.y.isFinite }
            return curve
        }
        .filter { !$0.points.isEmpty }
        var figure = Figure(width: Self.size.width, height: Self.size.height, title: title)
        figure.text(title, 8, 20, size: 15, bold: true)
        guard !drawn.isEmpty else {
            figure.text("nothing measured yet", Self.size.width / 2, Self.size.height / 2, Ink.faint, .centre)
            return figure
        }
        let points = drawn.flatMap(\.points)
        let axes = Axes(
            x: xRange ?? Axes.range(of: points.map(\.x), from: 0),
            y: Axes.range(of: points.map(\.y) + (most.map { [$0] } ?? []), from: least), xName: xName, yName: yName,
            width: Self.size.width - 82, height: Self.size.height - 84)
        axes.draw(on: &figure)
        for mark in marks {
            let x = axes.point(mark.x, axes.y.lowerBound).x
            figure.line([Point(x: x, y: axes.top), Point(x: x, y: axes.top + axes.height)], Ink.faint, dash: 2)
            figure.text(mark.name, x + 3, axes.top + 10, size: 10, Ink.faint)
        }
        var place = axes.left + axes.width
        for (index, curve) in drawn.enumerated().reversed() {
            let number = drawn[..<index].count { !$0.isFaint } - (curve.isFaint ? 1 : 0)
            let colour = Ink.lines[max(0, number) % Ink.lines.count]
            draw(curve, colour, axes, on: &figure)
            guard !curve.isFaint else { continue }
            place -= Double(curve.name.count) * 6.6
            figure.text(curve.name, place, 20, Ink.text)
            figure.line(
                [Point(x: place - 26, y: 16), Point(x: place - 5, y: 16)], colour, width: 2,
                dash: curve.isDashed ? 5 : 0)
            place -= 40
        }
        return figure
    }

    private func draw(_ curve: Curve, _ colour: Colour, _ axes: Axes, on figure: inout Figure) {
        let colour = curve.isFaint ? colour.mixed(with: .white, share: 0.65) : colour
        let points = curve.points.map { axes.point($0.x, $0.y) }
        figure.line(points, colour, width: curve.isFaint ? 1 : 2, dash: curve.isDashed ? 5 : 0)
        if curve.isDotted { for point in points { figure.dot(point, radius: 2.5, colour) } }
    }
}
