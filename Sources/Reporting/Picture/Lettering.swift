import Imaging

/// Text in the picture's units, by the top of its line instead of its base line, with wrapping.
struct Lettering {
    enum Weight {
        case regular, bold
    }

    /// Pixels of a unit.
    let scale: Double

    /// Base line below the top of a line, and the distance of two lines, in ems.
    private static let ascent = 0.94
    private static let leading = 1.28

    func draw(
        _ text: String, x: Double, y: Double, size: Double, weight: Weight = .regular, colour: Colour,
        align: TextAlignment = .left, maxWidth: Double? = nil, shadowed: Bool = false, on canvas: inout Canvas
    ) {
        let point = Point(x: x * scale, y: (y + Self.ascent * size) * scale)
        let limit = maxWidth.map { $0 * scale }
        if shadowed {
            for shift in [(-1.2, 0.0), (1.2, 0), (0, -1.2), (0, 1.2)] {
                let moved = Point(x: point.x + shift.0 * scale, y: point.y + shift.1 * scale)
                canvas.text(
                    text, at: moved, style: style(size, weight, .black, alpha: 0.6), alignment: align, maxWidth: limit)
            }
        }
        canvas.text(text, at: point, style: style(size, weight, colour), alignment: align, maxWidth: limit)
    }

    func width(_ text: String, size: Double, weight: Weight = .regular) -> Double {
        Canvas.width(of: text, style: style(size, weight, .white)) / scale
    }

    /// Wraps at spaces into at most `lines` lines, the last one shortened when more would follow.
    /// - Returns: the height used.
    @discardableResult
    func paragraph(
        _ text: String, x: Double, y: Double, width: Double, size: Double, weight: Weight = .regular,
        colour: Colour, lines: Int, on canvas: inout Canvas
    ) -> Double {
        let wrapped = wrap(text, width: width, size: size, weight: weight, lines: lines)
        for (number, line) in wrapped.enumerated() {
            draw(
                line, x: x, y: y + Double(number) * size * Self.leading, size: size, weight: weight, colour: colour,
                maxWidth: width, on: &canvas)
        }
        return Double(wrapped.count) * size * Self.leading
    }

    /// The lines of a paragraph; a last one that is too long is left for the drawing to shorten.
    func wrap(_ text: String, width: Double, size: Double, weight: Weight = .regular, lines: Int) -> [String] {
        var result: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if line.isEmpty || result.count == lines - 1
                || self.width(longer, size: size, weight: weight) <= width
            {
                line = longer
            } else {
                result.append(line)
                line = String(word)
            }
        }
        return line.isEmpty ? result : result + [line]
    }

    /// The largest of some sizes at which a text fits into a number of lines.
    func size(
        for text: String, width: Double, lines: Int, weight: Weight = .regular, among sizes: [Double]
    ) -> Double {
        sizes.first { size in
            let wrapped = wrap(text, width: width, size: size, weight: weight, lines: lines)
            return wrapped.allSatisfy { self.width($0, size: size, weight: weight) <= width }
        } ?? sizes.last ?? 12
    }

    private func style(_ size: Double, _ weight: Weight, _ colour: Colour, alpha: Double = 1) -> TextStyle {
        TextStyle(size: size * scale, bold: weight == .bold, colour: colour, alpha: alpha)
    }
}
