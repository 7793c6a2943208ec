/// A texture feature by its name in bundles and reports: `haralick.contrast`, `paper.SV`, … (method §4).
public struct NamedFeature: Codable, Hashable, Sendable {
    /// One of ``HaralickFeatures/names``, or one of them with `.range` behind it.
    public var name: String
    /// Without unit: grey levels count from 1 to N_g, entropies are in nats.
    public var value: Double

    /// A feature that was measured, or is to be compared.
    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}
