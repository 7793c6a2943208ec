public import Diagnosis
import Imaging

/// A part of the method that an evaluation leaves out, to see what it is worth with these weights (method §6). Weights
/// that were trained without it would do better than these.
public enum Ablation: String, Codable, CaseIterable, Sendable {
    /// The lung box's grey levels are taken as they are.
    case equalization
    case wiener
    /// One look at the whole box instead.
    case patches

    public func left(outOf bundle: ModelBundle) -> ModelBundle {
        bundle.with { configuration in
            guard var settings = configuration.radiograph else { return }
            switch self {
            case .equalization: settings.box.equalizes = false
            case .wiener: settings.box.wiener = .none
            case .patches: (settings.patchSide, settings.patchCount) = (settings.box.side, 1)
            }
            configuration.radiograph = settings
        }
    }
}
