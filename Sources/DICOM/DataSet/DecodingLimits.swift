/// What a file may make us allocate. A file that wants more is refused before memory is taken.
public struct DecodingLimits: Sendable {
    /// Bytes of one decoded frame.
    public var frameBytes = 1 << 30
    /// Bytes of all decoded frames together, where a caller asks for all at once.
    public var imageBytes = 4 << 30
    public var frames = 1 << 20
    /// Bytes of one attribute that is not pixel data.
    public var valueBytes = 256 << 20
    /// Bytes of a data set after inflating.
    public var inflatedBytes = 1 << 30

    public static let standard = DecodingLimits()
}
