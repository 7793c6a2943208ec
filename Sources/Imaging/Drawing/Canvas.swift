/// A picture to draw on. Coordinates are pixel units from the top left corner, y down; everything beyond the border is
/// cut off, and no drawing can fail.
public struct Canvas: Sendable {
    public let width: Int
    public let height: Int
    /// Interleaved red, green, blue.
    public private(set) var bytes: [UInt8]

    /// - Precondition: sizes are not negative.
    public init(width: Int, height: Int, background: Colour = .black) {
        precondition(width >= 0 && height >= 0)
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: 3 * width * height)
        fill(PixelRect(x: 0, y: 0, width: width, height: height), background)
    }

    public init(_ plane: RGBPlane) {
        (width, height, bytes) = (plane.width, plane.height, plane.bytes)
    }

    public var image: RGBPlane { RGBPlane(width: width, height: height, bytes: bytes) }

    public subscript(row row: Int, column column: Int) -> Colour {
        let start = 3 * (row * width + column)
        return Colour(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }

    /// - Parameter alpha: 0…1.
    mutating func blend(_ colour: Colour, alpha: Float, row: Int, column: Int) {
        guard alpha > 0 else { return }
        let start = 3 * (row * width + column)
        let share = min(alpha, 1)
        for (channel, value) in [colour.red, colour.green, colour.blue].enumerated() {
            let under = Float(bytes[start + channel])
            bytes[start + channel] = UInt8((under + (Float(value) - under) * share).rounded())
        }
    }

    mutating func blend(_ colour: Colour, alpha: Float, through coverage: Coverage?) {
        guard let coverage, alpha > 0 else { return }
        let frame = coverage.frame
        for row in 0..<frame.height {
            for column in 0..<frame.width {
                let share = coverage.shares[row * frame.width + column] * alpha
                if share > 0 { blend(colour, alpha: share, row: frame.y + row, column: frame.x + column) }
            }
        }
    }
}
