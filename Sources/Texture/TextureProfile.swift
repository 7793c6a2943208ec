/// The interval of a feature that belongs to a class; both ends are inside.
public struct FeatureDomain: Codable, Hashable, Sendable {
    /// Least value inside.
    public var low: Double
    /// Largest value inside.
    public var high: Double

    /// The interval `low`…`high`; empty where they are the other way round.
    public init(low: Double, high: Double) {
        self.low = low
        self.high = high
    }

    /// False for what is not a number.
    public func contains(_ value: Double) -> Bool {
        low <= value && value <= high
    }
}

/// Domains of features per class, which narrow the classes before the network speaks (method §4, the paper's Table 1).
public struct TextureProfile: Codable, Hashable, Sendable {
    /// For messages and bundles: `paper`.
    public var name: String
    /// How the features were measured that the domains were fitted to.
    public var settings: TextureSettings
    /// Class key → feature name → domain.
    public var domains: [String: [String: FeatureDomain]]

    /// A profile fitted elsewhere.
    /// - Parameters:
    ///   - name: for messages.
    ///   - settings: those that the domains were fitted with; features measured with others can't be compared.
    ///   - domains: class key → feature name → domain.
    public init(name: String, settings: TextureSettings, domains: [String: [String: FeatureDomain]]) {
        self.name = name
        self.settings = settings
        self.domains = domains
    }

    /// The classes that the features leave, in the given order: those whose domains hold every one of their
    /// features, and those without domains. Nil when nothing is narrowed: no class with domains is left, or none of
    /// the classes has any. A feature that was not measured rules its class out.
    public func candidates(among classes: [String], features: [NamedFeature]) -> [String]? {
        let values = Dictionary(features.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        let withDomains = classes.filter { domains[$0]?.isEmpty == false }
        let fitting = withDomains.filter { name in
            (domains[name] ?? [:]).allSatisfy { feature, domain in values[feature].map(domain.contains) ?? false }
        }
        guard !fitting.isEmpty else { return nil }
        return classes.filter { fitting.contains($0) || !withDomains.contains($0) }
    }

    /// Table 1 of Lascu 2021, for radiographs. Its intervals fit P_{x+y} on the masked image (method §4).
    public static let paper = TextureProfile(
        name: "paper", settings: TextureSettings(levels: 32, distance: 1, form: .maskedImage),
        domains: [
            "normal": domains(variance: (22.97, 33.81), average: (8.17, 11.87), sumVariance: (99.98, 132.45)),
            "viral_pneumonia": domains(
                variance: (36.13, 48.19), average: (10.77, 15.79), sumVariance: (147.79, 206.52)),
            "covid19": domains(variance: (33.78, 57.99), average: (10.44, 18.97), sumVariance: (132.78, 211.54)),
        ])

    private static func domains(
        variance: (Double, Double), average: (Double, Double), sumVariance: (Double, Double)
    ) -> [String: FeatureDomain] {
        [
            "haralick.variance": FeatureDomain(low: variance.0, high: variance.1),
            "haralick.sumAverage": FeatureDomain(low: average.0, high: average.1),
            "haralick.sumVariance": FeatureDomain(low: sumVariance.0, high: sumVariance.1),
        ]
    }
}
