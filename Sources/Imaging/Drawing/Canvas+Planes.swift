extension Canvas {
    /// Planes scaled to more than this are not drawn; no picture is so large.
    private static let largestSide = 1 << 15

    /// A grey plane scaled to a rectangle.
    public mutating func draw(_ plane: GreyPlane, in rect: PixelRect) {
        let (columns, rows) = visible(rect)
        guard !columns.isEmpty, !rows.isEmpty, rect.width <= Self.largestSide, rect.height <= Self.largestSide else {
            return
        }
        let scaled = plane.resized(width: rect.width, height: rect.height)
        for row in rows {
            for column in columns {
                let grey = scaled[row: row - rect.y, column: column - rect.x]
                blend(Colour(grey: grey), alpha: 1, row: row, column: column)
            }
        }
    }

    /// A colour plane at its own size.
    public mutating func draw(_ plane: RGBPlane, x: Int, y: Int) {
        let (columns, rows) = visible(PixelRect(x: x, y: y, width: plane.width, height: plane.height))
        let source = Canvas(plane)
        for row in rows {
            for column in columns {
                blend(source[row: row - y, column: column - x], alpha: 1, row: row, column: column)
            }
        }
    }

    /// Values 0…1 scaled to a rectangle and laid over the picture in a map's colours.
    /// - Parameters:
    ///   - values: what is larger than 1 counts as 1.
    ///   - rect: may reach beyond the picture.
    ///   - map: of the values.
    ///   - alpha: opacity at the value 1; it falls with the value, and 0 leaves the picture as it is.
    public mutating func overlay(_ values: Plane<Float>, in rect: PixelRect, map: ColourMap = .heat, alpha: Double) {
        let (columns, rows) = visible(rect)
        guard !columns.isEmpty, !rows.isEmpty, rect.width <= Self.largestSide, rect.height <= Self.largestSide else {
            return
        }
        let scaled = values.resized(width: rect.width, height: rect.height)
        let colours = (0...255).map { map[Double($0) / 255] }
        for row in rows {
            for column in columns {
                let value = min(scaled[row: row - rect.y, column: column - rect.x], 1)
                guard value > 0 else { continue }
                blend(colours[Int(value * 255 + 0.5)], alpha: Float(alpha) * value, row: row, column: column)
            }
        }
    }

    /// A map's colours along a rectangle: 0 at the left (or bottom), 1 at the right (or top).
    public mutating func scale(_ map: ColourMap, in rect: PixelRect, vertical: Bool = false) {
        let (columns, rows) = visible(rect)
        for row in rows {
            for column in columns {
                let position =
                    vertical
                    ? 1 - (Double(row - rect.y) + 0.5) / Double(rect.height)
                    : (Double(column - rect.x) + 0.5) / Double(rect.width)
                blend(map[position], alpha: 1, row: row, column: column)
            }
        }
    }
}
