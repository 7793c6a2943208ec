public import Foundation
public import Gateway
public import Workflow

/// What does not change while a node runs.
public struct NodeFacts: Sendable {
    /// Hilum's own.
    public var version: String
    /// Of its workers.
    public var recipe: Recipe
    public var certificates: [(use: String, at: Date)]
    /// Below so many free bytes no objects are taken.
    public var lowWatermark: Int64

    public init(version: String, recipe: Recipe, configuration: GatewayConfiguration) {
        self.version = version
        self.recipe = recipe
        certificates = configuration.certificateExpiries
        lowWatermark = Int64(configuration.storage.lowWatermark)
    }
}
