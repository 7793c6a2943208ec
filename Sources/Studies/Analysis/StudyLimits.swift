/// What decoding may take. Limits refuse; they never change a result.
public struct StudyLimits: Hashable, Sendable {
    /// Of one frame.
    public var pixelsPerFrame: Int
    /// Of all slices of a CT series together, which are in memory at once: 3 bytes each.
    public var pixelsPerSeries: Int

    public init(pixelsPerFrame: Int = 64 << 20, pixelsPerSeries: Int = 512 << 20) {
        self.pixelsPerFrame = pixelsPerFrame
        self.pixelsPerSeries = pixelsPerSeries
    }
}
