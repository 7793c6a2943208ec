import Testing

@testable import Texture

@Suite struct TextureProfileTests {
    private let classes = ["normal", "lung_opacity", "viral_pneumonia", "covid19"]

    private func features(variance: Double, average: Double, sumVariance: Double) -> [NamedFeature] {
        [
            NamedFeature(name: "haralick.variance", value: variance),
            NamedFeature(name: "haralick.sumAverage", value: average),
            NamedFeature(name: "haralick.sumVariance", value: sumVariance),
        ]
    }

    @Test func classInItsDomainAndClassWithoutDomainAreCandidates() {
        let normal = features(variance: 30, average: 10, sumVariance: 110)
        #expect(TextureProfile.paper.candidates(among: classes, features: normal) == ["normal", "lung_opacity"])
    }

    @Test func overlappingDomainsLeaveBoth() {
        let both = features(variance: 40, average: 12, sumVariance: 150)
        #expect(
            TextureProfile.paper.candidates(among: classes, features: both)
                == ["lung_opacity", "viral_pneumonia", "covid19"])
    }

    @Test func endsBelongToTheDomain() {
        let end = features(variance: 22.97, average: 8.17, sumVariance: 132.45)
        #expect(TextureProfile.paper.candidates(among: ["normal"], features: end) == ["normal"])
    }

    @Test func noCandidateWithDomainNarrowsNothing() {
        let none = features(variance: 500, average: 10, sumVariance: 110)
        #expect(TextureProfile.paper.candidates(among: classes, features: none) == nil)
        #expect(TextureProfile.paper.candidates(among: ["lung_opacity"], features: none) == nil)
        #expect(TextureProfile.paper.candidates(among: classes, features: []) == nil)
    }
}
