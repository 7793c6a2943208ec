/// What one layer of a network took, and what it had to do: for profiles and rooflines.
public struct LayerTime: Sendable, Codable, Hashable {
    /// The convolution's name, or the operation.
    public var layer: String
    /// How it was computed: a method, and the stages of it.
    public var method: String
    /// Median over the rounds, for the whole batch.
    public var seconds: Double
    /// Of the layer's definition, for the whole batch; a faster method does fewer.
    public var multiplyAdds: Int
    /// Of inputs, outputs and packed weights.
    public var bytes: Int
}
