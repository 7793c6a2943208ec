import Imaging
import Texture

/// Texture of the lungs (method §4): what is reported, and the features that the profile's domains are about.
struct RadiographTexture {
    let features: [NamedValue]
    private let profile: TextureProfile?
    private let profileFeatures: [NamedFeature]

    /// Nil when the lungs hold no pair of pixels.
    init?(_ enhanced: GreyPlane, labels: LabelPlane, rule: BundleConfiguration.TextureRule, profile: TextureProfile?) {
        let lungs = labels.map { $0 > 0 ? 1 : 0 as UInt8 }
        guard let measured = TextureMeasurement(enhanced, mask: lungs, settings: rule.settings) else { return nil }
        features = measured.namedValues(withRanges: rule.reportsRanges)
        self.profile = profile
        if let settings = profile?.settings, settings != rule.settings {
            profileFeatures = TextureMeasurement(enhanced, mask: lungs, settings: settings)?.means ?? []
        } else {
            profileFeatures = measured.means
        }
    }

    /// The classes that texture leaves; nil when it narrows nothing.
    func candidates(among classes: [FindingClass]) -> [FindingClass]? {
        profile?.candidates(among: classes.map(\.rawValue), features: profileFeatures)?.map(FindingClass.init)
    }
}

extension TextureMeasurement {
    func namedValues(withRanges: Bool) -> [NamedValue] {
        (withRanges ? means + ranges : means).map { NamedValue(name: $0.name, value: $0.value) }
    }
}
