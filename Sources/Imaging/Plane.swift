/// A rectangle of pixels, row by row from the top left.
public struct Plane<Pixel: Sendable>: Sendable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// `width * height` values, row-major.
    public var pixels: [Pixel]

    /// - Precondition: `pixels.count == width * height`. Callers that hold sizes from a file check them first.
    @inlinable
    public init(width: Int, height: Int, pixels: [Pixel]) {
        precondition(width >= 0 && height >= 0 && pixels.count == width * height)
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// `value` everywhere.
    /// - Precondition: sizes are not negative.
    @inlinable
    public init(width: Int, height: Int, repeating value: Pixel) {
        self.init(width: width, height: height, pixels: Array(repeating: value, count: width * height))
    }

    /// One pixel.
    /// - Precondition: it lies in the plane.
    @inlinable
    public subscript(row row: Int, column column: Int) -> Pixel {
        get { pixels[row * width + column] }
        set { pixels[row * width + column] = newValue }
    }

    /// A plane of the same size whose pixels are made of this one's.
    @inlinable
    public func map<Other: Sendable>(_ transform: (Pixel) throws -> Other) rethrows -> Plane<Other> {
        Plane<Other>(width: width, height: height, pixels: try pixels.map(transform))
    }
}

extension Plane: Equatable where Pixel: Equatable {}

/// 8-bit grey levels, 0 black.
public typealias GreyPlane = Plane<UInt8>
/// 0 outside, 1 inside.
public typealias Mask = Plane<UInt8>
/// 0 background, 1 the patient's right lung, 2 the left (method §3).
public typealias LabelPlane = Plane<UInt8>

/// A position in a plane in pixel units: (0, 0) is the top left corner of the top left pixel, whose centre is
/// (0.5, 0.5), as SCOORD in PS3.3 C.18.6.1.1.
public struct Point: Hashable, Codable, Sendable {
    /// Column direction, to the right.
    public var x: Double
    /// Row direction, down.
    public var y: Double

    /// Anywhere, outside the plane too.
    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// A closed polygon; its last point is not a repeat of the first.
public typealias Contour = [Point]
