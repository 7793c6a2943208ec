import Foundation
import Imaging

extension Figure {
    /// One `<svg>` element that stands alone or inside a page.
    public var svg: String {
        let body = shapes.map(Self.element).joined(separator: "\n")
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.number(width)) \(Self.number(height))" \
            width="\(Self.number(width))" height="\(Self.number(height))" role="img" \
            font-family="system-ui, 'DejaVu Sans', sans-serif">
            <title>\(HTML.escaped(title))</title>
            \(body)
            </svg>
            """
    }

    private static func element(_ shape: Shape) -> String {
        switch shape {
        case .rectangle(let x, let y, let width, let height, let fill):
            return "<rect x=\"\(number(x))\" y=\"\(number(y))\" width=\"\(number(width))\" "
                + "height=\"\(number(height))\" fill=\"\(hexadecimal(fill))\"/>"
        case .line(let points, let colour, let width, let dash):
            let path = points.map { "\(number($0.x)),\(number($0.y))" }.joined(separator: " ")
            return "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(hexadecimal(colour))\" "
                + "stroke-width=\"\(number(width))\" stroke-linejoin=\"round\""
                + (dash > 0 ? " stroke-dasharray=\"\(number(dash))\"" : "") + "/>"
        case .dot(let point, let radius, let colour):
            return "<circle cx=\"\(number(point.x))\" cy=\"\(number(point.y))\" r=\"\(number(radius))\" "
                + "fill=\"\(hexadecimal(colour))\"/>"
        case .text(let text, let point, let size, let bold, let colour, let alignment):
            return "<text x=\"\(number(point.x))\" y=\"\(number(point.y))\" font-size=\"\(number(size))\" "
                + "fill=\"\(hexadecimal(colour))\" text-anchor=\"\(anchor(alignment))\""
                + (bold ? " font-weight=\"bold\"" : "") + ">\(HTML.escaped(text))</text>"
        case .uprightText(let text, let point, let size, let colour):
            let (x, y) = (number(point.x), number(point.y))
            return "<text x=\"\(x)\" y=\"\(y)\" font-size=\"\(number(size))\" fill=\"\(hexadecimal(colour))\" "
                + "text-anchor=\"middle\" transform=\"rotate(-90 \(x) \(y))\">\(HTML.escaped(text))</text>"
        }
    }

    private static func anchor(_ alignment: TextAlignment) -> String {
        switch alignment {
        case .left: "start"
        case .centre: "middle"
        case .right: "end"
        }
    }

    static func hexadecimal(_ colour: Colour) -> String {
        String(format: "#%02x%02x%02x", Int(colour.red), Int(colour.green), Int(colour.blue))
    }

    /// As few digits as a hundredth of a unit needs; what is no number is 0.
    static func number(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
