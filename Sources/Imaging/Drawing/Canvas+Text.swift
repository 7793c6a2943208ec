/// How a line of text looks.
public struct TextStyle: Hashable, Sendable {
    /// Pixels per em.
    public var size: Double
    /// The bold face where the font has one.
    public var bold: Bool
    /// Of every glyph.
    public var colour: Colour
    /// 0…1.
    public var alpha: Double

    /// White and opaque by default.
    public init(size: Double, bold: Bool = false, colour: Colour = .white, alpha: Double = 1) {
        self.size = size
        self.bold = bold
        self.colour = colour
        self.alpha = alpha
    }
}

/// Which part of a line stands at the given point.
public enum TextAlignment: Hashable, Sendable {
    case left, centre, right
}

extension Canvas {
    /// One line of text in any script, with right-to-left runs in their order, from the fonts that the machine has;
    /// without fonts, in plain strokes. Line breaks and controls are drawn as spaces.
    ///
    /// Parts that must keep their order (a name, then a date) are drawn as lines of their own, one after another by the
    /// width returned: in one line, a right-to-left name turns the parts of `1974-03-12` around.
    ///
    /// - Parameters:
    ///   - text: of any length.
    ///   - point: on the base line.
    ///   - style: of the whole line.
    ///   - alignment: which end of the line, or whether its middle, is at the point.
    ///   - maxWidth: pixels; a longer line ends in an ellipsis.
    /// - Returns: the width drawn, in pixels.
    @discardableResult
    public mutating func text(
        _ text: String, at point: Point, style: TextStyle, alignment: TextAlignment = .left, maxWidth: Double? = nil
    ) -> Double {
        self.text(text, at: point, style: style, alignment: alignment, maxWidth: maxWidth, fonts: .shared)
    }

    /// The width of a line in pixels.
    public static func width(of text: String, style: TextStyle) -> Double {
        width(of: text, style: style, fonts: .shared)
    }

    /// The line, or as much of it with an ellipsis as the width holds.
    public static func truncated(_ text: String, style: TextStyle, maxWidth: Double) -> String {
        truncated(text, style: style, maxWidth: maxWidth, fonts: .shared)
    }

    mutating func text(
        _ text: String, at point: Point, style: TextStyle, alignment: TextAlignment, maxWidth: Double?,
        fonts: FontLibrary
    ) -> Double {
        let style = style.limited
        guard abs(point.x) < 1e6, abs(point.y) < 1e6 else { return 0 }
        var line = Self.printable(text)
        if let maxWidth { line = Self.truncated(line, style: style, maxWidth: maxWidth, fonts: fonts) }
        let width = Self.width(of: line, style: style, fonts: fonts)
        let start: Double =
            switch alignment {
            case .left: point.x
            case .centre: point.x - width / 2
            case .right: point.x - width
            }
        guard let bitmaps = fonts.render(line, size: style.size, bold: style.bold, startingAt: start) else {
            for (from, to) in SegmentFont.lines(of: line, size: style.size, x: start, y: point.y) {
                self.line([from, to], style.colour, width: style.size * (style.bold ? 0.11 : 0.07), alpha: style.alpha)
            }
            return width
        }
        for placed in bitmaps { blend(placed, baseLine: Int(point.y.rounded()), style: style) }
        return width
    }

    static func width(of text: String, style: TextStyle, fonts: FontLibrary) -> Double {
        let line = printable(text)
        let style = style.limited
        return fonts.width(of: line, size: style.size, bold: style.bold)
            ?? SegmentFont.width(of: line, size: style.size)
    }

    static func truncated(_ text: String, style: TextStyle, maxWidth: Double, fonts: FontLibrary) -> String {
        let line = printable(text)
        guard width(of: line, style: style, fonts: fonts) > maxWidth else { return line }
        var fitting = 0
        var tooLong = line.count
        while tooLong - fitting > 1 {
            let middle = (fitting + tooLong) / 2
            if width(of: shortened(line, to: middle), style: style, fonts: fonts) <= maxWidth {
                fitting = middle
            } else {
                tooLong = middle
            }
        }
        return shortened(line, to: fitting)
    }

    private static func shortened(_ line: String, to count: Int) -> String {
        var start = String(line.prefix(count))
        while start.last?.isWhitespace == true { start.removeLast() }
        return start + "…"
    }

    /// A line that can be laid out: no controls, and no longer than any line on a picture.
    private static func printable(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(2000) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
            default: scalars.append(scalar)
            }
        }
        return String(scalars)
    }

    private mutating func blend(_ placed: FontLibrary.PlacedBitmap, baseLine: Int, style: TextStyle) {
        let bitmap = placed.bitmap
        let top = baseLine + placed.y
        let (columns, rows) = visible(PixelRect(x: placed.x, y: top, width: bitmap.width, height: bitmap.height))
        for row in rows {
            for column in columns {
                let share = Float(bitmap.coverage[(row - top) * bitmap.width + column - placed.x]) / 255
                blend(style.colour, alpha: share * Float(style.alpha), row: row, column: column)
            }
        }
    }
}

extension TextStyle {
    /// Sizes that fonts can be scaled to.
    fileprivate var limited: TextStyle {
        var style = self
        style.size = size.isFinite ? min(max(size, 1), 1000) : 12
        return style
    }
}
