/// How soon somebody should look (method §7): an ordered list for classes, the first that fits decides; for *review* one
/// level or none.
public struct TriageRules: Codable, Hashable, Sendable {
    /// A line of the list.
    public struct Rule: Codable, Hashable, Sendable {
        public var level: TriageLevel
        public var classes: [FindingClass]
        /// Of the class's calibrated probability.
        public var minimumProbability: Double
        public var minimumActivationShare: Double

        public init(
            level: TriageLevel, classes: [FindingClass], minimumProbability: Double = 0,
            minimumActivationShare: Double = 0
        ) {
            self.level = level
            self.classes = classes
            self.minimumProbability = minimumProbability
            self.minimumActivationShare = minimumActivationShare
        }
    }

    public var rules: [Rule]
    /// Reasons for which a *review* is expedited whatever the network says.
    public var expeditedReasons: [ReviewReason]
    /// A *review* is expedited, too, when the abnormal classes together are at least this probable.
    public var expeditedAbnormalProbability: Double

    public init(rules: [Rule], expeditedReasons: [ReviewReason], expeditedAbnormalProbability: Double) {
        self.rules = rules
        self.expeditedReasons = expeditedReasons
        self.expeditedAbnormalProbability = expeditedAbnormalProbability
    }

    /// The level of a class.
    /// - Parameters:
    ///   - probability: its calibrated probability.
    ///   - activationShare: 0 where none was measured.
    /// - Returns: *routine* for a class without a rule, which a bundle does not have.
    public func level(of name: FindingClass, probability: Double, activationShare: Double) -> TriageLevel {
        rules.first {
            $0.classes.contains(name) && probability >= $0.minimumProbability
                && activationShare >= $0.minimumActivationShare
        }?.level ?? .routine
    }

    /// The level of a *review*.
    /// - Parameter abnormalProbability: of all abnormal classes together; nil where the network did not run.
    /// - Returns: nil where nothing points to disease: no class, no urgency.
    public func level(ofReview reasons: [ReviewReason], abnormalProbability: Double?) -> TriageLevel? {
        let pressing = reasons.contains { expeditedReasons.contains($0) }
        let abnormal = abnormalProbability.map { $0 >= expeditedAbnormalProbability } ?? false
        return pressing || abnormal ? .expedited : nil
    }
}

extension TriageRules {
    /// - Parameter classes: of the bundle; each must have a rule without conditions.
    init(_ section: StrictMapping, classes: [FindingClass]) throws {
        rules = try section.mappings("rules").map { rule in
            let level = try rule.integer("level", in: 1...4)
            let names = try rule.strings("classes").map(FindingClass.init)
            if let unknown = names.first(where: { !classes.contains($0) }) {
                throw rule.problem("classes", "\(unknown.rawValue) is not a class of this bundle")
            }
            let made = Rule(
                level: TriageLevel(rawValue: level) ?? .routine, classes: names,
                minimumProbability: try rule.number("minimum_probability", in: 0...1),
                minimumActivationShare: try rule.number("minimum_activation_share", in: 0...1))
            try rule.finish()
            return made
        }
        let review = try section.mapping("review")
        let reasons = Dictionary(uniqueKeysWithValues: ReviewReason.allCases.map { ($0.rawValue, $0) })
        expeditedReasons = try review.strings("expedited_reasons").map { word in
            guard let reason = reasons[word] else {
                throw review.problem("expedited_reasons", "\(word) is not a reason for review")
            }
            return reason
        }
        expeditedAbnormalProbability = try review.number("expedited_abnormal_probability", in: 0...1)
        try review.finish()
        try section.finish()
        for name in classes {
            let covered = rules.contains {
                $0.classes.contains(name) && $0.minimumProbability == 0 && $0.minimumActivationShare == 0
            }
            guard covered else { throw section.problem("rules", "\(name.rawValue) has no rule without conditions") }
        }
    }
}
