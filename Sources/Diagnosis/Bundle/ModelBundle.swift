public import Foundation
public import NeuralNetworks
public import Texture

/// A folder that, with an image, determines a finding: `bundle.yaml` with every constant, the networks' weights, the
/// texture profiles and a model card. Loading is strict; what does not fit is an error that names its place.
public struct ModelBundle: Sendable {
    public let folder: URL
    public let identity: BundleIdentity
    public private(set) var configuration: BundleConfiguration
    public let profiles: [TextureProfile]
    /// MODEL_CARD.md as it stands.
    public let modelCard: String
    public let segmentation: NetworkWeights
    /// Nil where the bundle takes every image for an upright radiograph of the chest.
    public let inputCheck: NetworkWeights?
    /// Nil where the bundle has no classes for radiographs.
    public let classification: NetworkWeights?
    /// Nil where the bundle has no classes for CT.
    public let sliceClassification: NetworkWeights?
    /// What int8 is made with; nil where the bundle has none.
    public let calibration: Calibration?

    /// The profile that narrows radiographs; nil when none does.
    public var profile: TextureProfile? {
        configuration.texture.profile.flatMap { name in profiles.first { $0.name == name } }
    }

    /// The classes of a kind of image, in the order of reports; empty where the bundle has none.
    public func classes(for kind: ImageKind) -> [FindingClass] {
        switch kind {
        case .radiograph: configuration.radiograph?.classes ?? []
        case .ct: configuration.ct.classification?.classes ?? []
        }
    }

    /// The same with other constants, to see what they are worth; its identity stays what was loaded.
    package func with(_ change: (inout BundleConfiguration) -> Void) -> ModelBundle {
        var bundle = self
        change(&bundle.configuration)
        return bundle
    }

    /// - Throws: ``BundleError``; `NeuralNetworkError` for weights that do not fit or are not finite.
    public static func load(from folder: URL) throws -> ModelBundle {
        let files = BundleFiles(folder: folder)
        let configuration = try BundleConfiguration(
            yaml: files.text("bundle.yaml"), path: files.path("bundle.yaml"))
        let profiles = try TextureProfile.profiles(
            yaml: files.text(configuration.texture.profiles), path: files.path(configuration.texture.profiles))
        if let name = configuration.texture.profile, !profiles.contains(where: { $0.name == name }) {
            throw BundleError.file(
                path: files.path(configuration.texture.profiles), problem: "has no profile \(name)")
        }
        return ModelBundle(
            folder: folder,
            identity: BundleIdentity(
                name: configuration.name, version: configuration.version, digest: try files.digest()),
            configuration: configuration, profiles: profiles, modelCard: try files.text("MODEL_CARD.md"),
            segmentation: try files.weights(
                configuration.segmentation.weights, of: FCDenseNet103.network(classes: Self.segmentationLabels)),
            inputCheck: try configuration.inputCheck.map {
                try files.weights($0.weights, of: InputCheckNetwork.network(kinds: InputKind.allCases.count))
            },
            classification: try configuration.radiograph.map {
                try files.weights($0.weights, of: ResNet101.network(classes: $0.classes.count))
            },
            sliceClassification: try configuration.ct.classification.map {
                try files.weights($0.weights, of: ResNet101.network(classes: $0.classes.count))
            },
            calibration: try configuration.radiograph?.calibration.map { try files.calibration($0) })
    }

    /// Background, right lung, left lung.
    static let segmentationLabels = 3
}
