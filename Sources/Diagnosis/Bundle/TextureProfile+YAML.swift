import Texture

extension TextureProfile {
    /// The profiles of a file: `profiles:` by name, each with the settings of the measurement and, per class, a
    /// `[low, high]` for each feature.
    static func profiles(yaml text: String, path: String) throws -> [TextureProfile] {
        let file = try StrictMapping(text: text, path: path)
        let section = try file.mapping("profiles")
        let profiles = try section.remainingKeys.map { try TextureProfile(name: $0, section.mapping($0)) }
        try file.finish()
        return profiles
    }

    private init(name: String, _ section: StrictMapping) throws {
        _ = try section.string("source")
        let settings = try TextureSettings(section)
        let classes = try section.mapping("domains")
        var domains: [String: [String: FeatureDomain]] = [:]
        for key in classes.remainingKeys {
            let features = try classes.mapping(key)
            domains[key] = try Self.domains(features)
        }
        try section.finish()
        self.init(name: name, settings: settings, domains: domains)
    }

    private static func domains(_ section: StrictMapping) throws -> [String: FeatureDomain] {
        var domains: [String: FeatureDomain] = [:]
        for feature in section.remainingKeys {
            guard HaralickFeatures.names.contains(feature) else {
                throw section.problem(feature, "is not a feature that is measured")
            }
            let ends = try section.numbers(feature, count: 2, in: -1e12...1e12)
            guard ends[0] <= ends[1] else { throw section.problem(feature, "must be [low, high]") }
            domains[feature] = FeatureDomain(low: ends[0], high: ends[1])
        }
        return domains
    }
}
