/// An array of numbers with a shape, its last dimension adjacent in memory.
public struct Tensor: Sendable, Equatable {
    /// Sizes, slowest dimension first; empty for a scalar.
    public let shape: [Int]
    /// `shape`'s product of values.
    public var values: [Float]

    /// Values in the order of memory.
    /// - Precondition: `values.count` is the product of `shape`. Callers that hold sizes from a file check them first.
    public init(shape: [Int], values: [Float]) {
        precondition(values.count == shape.reduce(1, *))
        self.shape = shape
        self.values = values
    }

    /// `value` everywhere; a scalar for an empty shape.
    public init(shape: [Int], repeating value: Float = 0) {
        self.init(shape: shape, values: Array(repeating: value, count: shape.reduce(1, *)))
    }

    /// The product of ``shape``.
    public var count: Int { values.count }
}
