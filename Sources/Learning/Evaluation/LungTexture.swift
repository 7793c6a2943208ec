import Diagnosis
import Imaging
import Texture

/// Texture of one image's lungs beside what the bundle reports: as other profiles measure it.
struct LungTexture {
    private let image: (enhanced: GreyPlane, lungs: Mask)?

    init(_ measured: ImageMeasurement) {
        guard let enhanced = measured.enhanced, let labels = measured.labels else {
            image = nil
            return
        }
        image = (enhanced, labels.map { $0 > 0 ? 1 : 0 as UInt8 })
    }

    private func features(_ settings: TextureSettings) -> [NamedFeature] {
        image.flatMap { TextureMeasurement($0.enhanced, mask: $0.lungs, settings: settings)?.means } ?? []
    }

    /// V, M and SV in their sources' form, of the masked image; empty without lungs.
    var table1: [String: Double] {
        let all = Dictionary(
            features(TextureProfile.paper.settings).map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        return all.filter { TextureSummary.table1.contains($0.key) }
    }

    /// The classes that each profile leaves; profiles that narrow nothing are left out.
    func candidates(_ profiles: [TextureProfile], classes: [String]) -> [String: [String]] {
        Dictionary(
            profiles.compactMap { profile in
                profile.candidates(among: classes, features: features(profile.settings)).map { (profile.name, $0) }
            }, uniquingKeysWith: { $1 })
    }
}
