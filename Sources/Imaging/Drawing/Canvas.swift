/// A picture to draw on. Coordinates are pixel units from the top left corner, y down; everything beyond the border is
/// cut off, and no drawing can fail.
public struct Canvas: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
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

    /// Draws on a picture.
    public init(_ plane: RGBPlane) {
        (width, height, bytes) = (plane.width, plane.height, plane.bytes)
    }

    /// What has been drawn.
    public var image: RGBPlane { RGBPlane(width: width, height: height, bytes: bytes) }

    /// One pixel.
    /// - Precondition: it lies in the picture.
    public subscript(row row: Int, column column: Int) -> Colour {
        let start = 3 * (row * width + column)
        return Colour(red: bytes[start], green: bytes[start + 1], blue: bytes[start + 2])
    }

    /// - Parameter alpha: 0…1.
    mutating func blend(_ colour: Colour, alpha: Float, row: Int, column: Int) {
        guard alpha > 0 else { return }
        let start = 3 * (row * width + column)
        guard alpha < 1 else {
            bytes[start] = colour.red
            bytes[start + 1] = colour.green
            bytes[start + 2] = colour.blue
            return
        }
        bytes[start] = Self.mix(bytes[start], colour.red, alpha)
        bytes[start + 1] = Self.mix(bytes[start + 1], colour.green, alpha)
        bytes[start + 2] = Self.mix(bytes[start + 2], colour.blue, alpha)
    }

    private static func mix(_ under: UInt8, _ over: UInt8, _ share: Float) -> UInt8 {
        UInt8(Float(under) + (Float(over) - Float(under)) * share + 0.5)
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
