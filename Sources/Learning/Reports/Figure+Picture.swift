public import Imaging

extension Figure {
    /// The figure in pixels, on white.
    /// - Parameter scale: pixels of one unit, up to 8.
    public func picture(scale: Double = 2) -> RGBPlane {
        let scale = scale.isFinite ? min(max(scale, 0.1), 8) : 1
        func pixels(_ units: Double) -> Int { Int((min(max(units, 0), 4000) * scale).rounded()) }
        var canvas = Canvas(width: pixels(width), height: pixels(height), background: .white)
        for shape in shapes { draw(shape, on: &canvas, scale: scale) }
        return canvas.image
    }

    private func draw(_ shape: Shape, on canvas: inout Canvas, scale: Double) {
        func scaled(_ point: Point) -> Point { Point(x: point.x * scale, y: point.y * scale) }
        switch shape {
        case .rectangle(let x, let y, let width, let height, let fill):
            let corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
            canvas.fill([corners.map { scaled(Point(x: $0.0, y: $0.1)) }], fill)
        case .line(let points, let colour, let width, let dash):
            for piece in Self.dashed(points.map(scaled), dash: dash * scale) {
                canvas.line(piece, colour, width: max(1, width * scale))
            }
        case .dot(let point, let radius, let colour):
            // A line of no length with round ends.
            canvas.line([scaled(point), scaled(point)], colour, width: 2 * radius * scale)
        case .text(let text, let point, let size, let bold, let colour, let alignment):
            canvas.text(
                text, at: scaled(point), style: TextStyle(size: size * scale, bold: bold, colour: colour),
                alignment: alignment)
        case .uprightText(let text, let point, let size, let colour):
            drawUpright(
                text, at: scaled(point), style: TextStyle(size: size * scale, colour: colour), on: &canvas)
        }
    }

    /// Written on a canvas of its own and turned a quarter against the clock.
    private func drawUpright(_ text: String, at point: Point, style: TextStyle, on canvas: inout Canvas) {
        let length = Int(min(Canvas.width(of: text, style: style), 4000)) + 4
        let height = Int(style.size * 1.5)
        var line = Canvas(width: length, height: height, background: .white)
        line.text(text, at: Point(x: Double(length) / 2, y: style.size * 1.1), style: style, alignment: .centre)
        var bytes: [UInt8] = []
        for row in 0..<length {
            for column in 0..<height {
                let colour = line[row: column, column: length - 1 - row]
                bytes += [colour.red, colour.green, colour.blue]
            }
        }
        canvas.draw(
            RGBPlane(width: height, height: length, bytes: bytes), x: Int(point.x - style.size * 1.1),
            y: Int(point.y) - length / 2)
    }

    /// The pieces of a line that are drawn; the line itself without dashes.
    static func dashed(_ points: [Point], dash: Double) -> [[Point]] {
        guard dash >= 1, var here = points.first else { return [points] }
        var pieces: [[Point]] = []
        var (piece, left, isDrawn) = ([here], dash, true)
        for next in points.dropFirst() {
            var rest = ((next.x - here.x) * (next.x - here.x) + (next.y - here.y) * (next.y - here.y)).squareRoot()
            // No line of a figure is so long.
            guard rest < 1e5 else { return [points] }
            while rest >= left {
                let share = left / rest
                here = Point(x: here.x + (next.x - here.x) * share, y: here.y + (next.y - here.y) * share)
                rest -= left
                if isDrawn { pieces.append(piece + [here]) }
                (piece, left, isDrawn) = ([here], dash, !isDrawn)
            }
            left -= rest
            here = next
            piece.append(next)
        }
        if isDrawn, piece.count > 1 { pieces.append(piece) }
        return pieces
    }
}
