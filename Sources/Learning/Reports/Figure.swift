public import Imaging

/// A drawing as a list of shapes, which becomes SVG or a picture of pixels: one layout for both.
public struct Figure: Hashable, Sendable {
    /// One stroke of the pen; coordinates are units from the top left corner.
    public enum Shape: Hashable, Sendable {
        case rectangle(x: Double, y: Double, width: Double, height: Double, fill: Colour)
        /// - `dash`: units drawn, then as many left out; 0 draws all.
        case line([Point], colour: Colour, width: Double, dash: Double)
        case dot(Point, radius: Double, colour: Colour)
        case text(String, at: Point, size: Double, bold: Bool, colour: Colour, alignment: TextAlignment)
        /// Read from bottom to top, centred about the point.
        case uprightText(String, at: Point, size: Double, colour: Colour)
    }

    public var width: Double
    public var height: Double
    /// What a reader who can't see it is told.
    public var title: String
    public private(set) var shapes: [Shape] = []

    public init(width: Double, height: Double, title: String) {
        self.width = width
        self.height = height
        self.title = title
    }

    mutating func rectangle(_ x: Double, _ y: Double, _ width: Double, _ height: Double, _ fill: Colour) {
        shapes.append(.rectangle(x: x, y: y, width: width, height: height, fill: fill))
    }

    mutating func line(_ points: [Point], _ colour: Colour, width: Double = 1, dash: Double = 0) {
        shapes.append(.line(points, colour: colour, width: width, dash: dash))
    }

    mutating func dot(_ point: Point, radius: Double, _ colour: Colour) {
        shapes.append(.dot(point, radius: radius, colour: colour))
    }

    mutating func text(
        _ text: String, _ x: Double, _ y: Double, size: Double = 12, bold: Bool = false, _ colour: Colour = Ink.text,
        _ alignment: TextAlignment = .left
    ) {
        shapes.append(
            .text(text, at: Point(x: x, y: y), size: size, bold: bold, colour: colour, alignment: alignment))
    }

    mutating func uprightText(_ text: String, _ x: Double, _ y: Double, size: Double = 12) {
        shapes.append(.uprightText(text, at: Point(x: x, y: y), size: size, colour: Ink.text))
    }

    /// Another figure with its top left corner at a point.
    mutating func place(_ other: Figure, x: Double, y: Double) {
        func moved(_ point: Point) -> Point { Point(x: point.x + x, y: point.y + y) }
        shapes += other.shapes.map { shape in
            switch shape {
            case .rectangle(let left, let top, let width, let height, let fill):
                .rectangle(x: left + x, y: top + y, width: width, height: height, fill: fill)
            case .line(let points, let colour, let width, let dash):
                .line(points.map(moved), colour: colour, width: width, dash: dash)
            case .dot(let point, let radius, let colour): .dot(moved(point), radius: radius, colour: colour)
            case .text(let text, let point, let size, let bold, let colour, let alignment):
                .text(text, at: moved(point), size: size, bold: bold, colour: colour, alignment: alignment)
            case .uprightText(let text, let point, let size, let colour):
                .uprightText(text, at: moved(point), size: size, colour: colour)
            }
        }
    }
}

/// The colours of figures. Lines are Okabe and Ito's, which the colour-blind tell apart.
enum Ink {
    static let text = Colour(0x222222)
    static let faint = Colour(0x767676)
    static let grid = Colour(0xDDDDDD)
    static let lines = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9].map { Colour($0) }
}
