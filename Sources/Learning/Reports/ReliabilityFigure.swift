import Foundation
import Imaging

/// A reliability diagram: accuracy against confidence, bin by bin, with the share of images below.
public struct ReliabilityFigure: Sendable {
    public let reliability: Reliability

    public init(_ reliability: Reliability) {
        self.reliability = reliability
    }

    public var figure: Figure {
        var figure = Figure(width: 420, height: 420, title: "Reliability diagram")
        let axes = Axes(x: 0...1, y: 0...1, xName: "confidence", yName: "accuracy", width: 340, height: 260)
        figure.text("Reliability", 8, 20, size: 15, bold: true)
        if let error = reliability.expectedCalibrationError {
            figure.text(
                String(format: "expected calibration error %.3f", error), axes.left + axes.width, 20, Ink.faint, .right)
        }
        axes.draw(on: &figure)
        for bin in reliability.bins {
            guard let accuracy = bin.accuracy else { continue }
            let (low, high) = (axes.point(bin.low, accuracy), axes.point(bin.high, 0))
            figure.rectangle(low.x + 1, low.y, high.x - low.x - 2, high.y - low.y, Colour(0x9ECAE1))
        }
        figure.line([axes.point(0, 0), axes.point(1, 1)], Ink.faint, dash: 5)
        for bin in reliability.bins {
            guard let accuracy = bin.accuracy, let confidence = bin.confidence else { continue }
            figure.dot(axes.point(confidence, accuracy), radius: 3.5, Ink.lines[0])
        }
        drawCounts(on: &figure, axes)
        return figure
    }

    private func drawCounts(on figure: inout Figure, _ axes: Axes) {
        let most = Double(max(1, reliability.bins.map(\.images).max() ?? 1))
        let (bottom, height) = (404.0, 48.0)
        figure.text("images", axes.left - 6, bottom - height / 2, size: 11, Ink.faint, .right)
        for bin in reliability.bins where bin.images > 0 {
            let (left, right) = (axes.point(bin.low, 0).x, axes.point(bin.high, 0).x)
            let tall = height * Double(bin.images) / most
            figure.rectangle(left + 1, bottom - tall, right - left - 2, tall, Colour(0xBDBDBD))
            figure.text("\(bin.images)", (left + right) / 2, bottom - tall - 2, size: 8, Ink.faint, .centre)
        }
    }
}
