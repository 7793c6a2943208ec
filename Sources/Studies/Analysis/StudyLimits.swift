/// What decoding may take. Limits refuse; they never change a result.
public struct StudyLimits: Hashable, Sendable {
    /// Of one frame.
    public var pixelsPerFrame: Int
    /// Slices of one CT series that are decoded.
    public var slicesPerSeries: Int
    /// Of all slices of a series together.
    public var pixelsPerSeries: Int

    public init(
        pixelsPerFrame: Int = 64 << 20, slicesPerSeries: Int = 4096, pixelsPerSeries: Int = 1 << 30
    ) {
        self.pixelsPerFrame = pixelsPerFrame
        self.slicesPerSeries = slicesPerSeries
        self.pixelsPerSeries = pixelsPerSeries
    }
}
