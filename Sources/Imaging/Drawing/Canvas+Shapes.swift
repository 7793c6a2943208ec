extension Canvas {
    /// A rectangle of whole pixels.
    public mutating func fill(_ rect: PixelRect, _ colour: Colour, alpha: Double = 1) {
        let (columns, rows) = visible(rect)
        for row in rows {
            for column in columns { blend(colour, alpha: Float(alpha), row: row, column: column) }
        }
    }

    /// The inside of polygons (even-odd), anti-aliased.
    public mutating func fill(_ polygons: [Contour], _ colour: Colour, alpha: Double = 1) {
        blend(
            colour, alpha: Float(alpha), through: Coverage.inside(of: polygons, width: width, height: height))
    }

    /// A closed outline, anti-aliased, with round joins.
    public mutating func stroke(_ polygon: Contour, _ colour: Colour, width lineWidth: Double, alpha: Double = 1) {
        blend(
            colour, alpha: Float(alpha),
            through: .line(along: polygon, lineWidth: lineWidth, closed: true, width: width, height: height))
    }

    /// An open line along points, anti-aliased, with round ends.
    public mutating func line(_ points: [Point], _ colour: Colour, width lineWidth: Double, alpha: Double = 1) {
        blend(
            colour, alpha: Float(alpha),
            through: .line(along: points, lineWidth: lineWidth, closed: false, width: width, height: height))
    }

    /// A closed outline of dashes, so that two outlines differ without their colours.
    /// - Parameters:
    ///   - polygon: may reach beyond the picture.
    ///   - colour: of the dashes; between them the picture stays as it is.
    ///   - lineWidth: pixels.
    ///   - dash: pixels drawn, then as many left out.
    ///   - alpha: 0…1.
    public mutating func strokeDashed(
        _ polygon: Contour, _ colour: Colour, width lineWidth: Double, dash: Double, alpha: Double = 1
    ) {
        guard polygon.count > 1, dash >= 1, polygon.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { return }
        var (piece, travelled, drawing) = ([polygon[0]], 0.0, true)
        for index in polygon.indices {
            var here = polygon[index]
            let next = polygon[(index + 1) % polygon.count]
            var rest = here.distance(to: next)
            // No outline of a picture is this long; far-off points would otherwise take for ever.
            guard rest < 1e5 else { return }
            while travelled + rest >= dash {
                let share = (dash - travelled) / rest
                here = Point(x: here.x + (next.x - here.x) * share, y: here.y + (next.y - here.y) * share)
                rest = here.distance(to: next)
                if drawing { line(piece + [here], colour, width: lineWidth, alpha: alpha) }
                (piece, travelled, drawing) = ([here], 0, !drawing)
            }
            travelled += rest
            piece.append(next)
        }
        if drawing { line(piece, colour, width: lineWidth, alpha: alpha) }
    }

    /// The frame of a rectangle, inside its edges.
    public mutating func frame(_ rect: PixelRect, _ colour: Colour, width line: Int = 1, alpha: Double = 1) {
        let line = min(line, rect.width, rect.height)
        let inner = rect.height - 2 * line
        fill(PixelRect(x: rect.x, y: rect.y, width: rect.width, height: line), colour, alpha: alpha)
        fill(PixelRect(x: rect.x, y: rect.y + line, width: line, height: inner), colour, alpha: alpha)
        fill(
            PixelRect(x: rect.x + rect.width - line, y: rect.y + line, width: line, height: inner), colour, alpha: alpha
        )
        fill(
            PixelRect(x: rect.x, y: rect.y + rect.height - line, width: rect.width, height: line), colour, alpha: alpha)
    }

    func visible(_ rect: PixelRect) -> (columns: Range<Int>, rows: Range<Int>) {
        func cut(_ start: Int, _ length: Int, _ limit: Int) -> Range<Int> {
            let low = min(max(start, 0), limit)
            let (end, overflow) = start.addingReportingOverflow(max(length, 0))
            return low..<max(low, overflow ? limit : min(end, limit))
        }
        return (cut(rect.x, rect.width, width), cut(rect.y, rect.height, height))
    }
}

extension Point {
    func distance(to other: Point) -> Double {
        ((x - other.x) * (x - other.x) + (y - other.y) * (y - other.y)).squareRoot()
    }
}
