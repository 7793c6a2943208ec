/// A texture feature by its name in bundles and reports: `haralick.contrast`, `paper.SV`, … (method §4).
public struct NamedFeature: Codable, Hashable, Sendable {
    public var name: String
    public var value: Double

    public init(name: String, value: Double) {
        self.name = name
        self.value = value
    }
}
