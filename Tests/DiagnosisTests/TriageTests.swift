import Testing

@testable import Diagnosis

/// The table of method §7, line by line.
@Suite struct TriageTests {
    static let rules = TriageRules(
        rules: [
            .init(
                level: .immediate, classes: [.covid19, .viralPneumonia, .lungOpacity], minimumProbability: 0.8,
                minimumActivationShare: 0.5),
            .init(level: .urgent, classes: [.covid19, .viralPneumonia]),
            .init(level: .urgent, classes: [.lungOpacity], minimumActivationShare: 0.25),
            .init(level: .expedited, classes: [.lungOpacity]),
            .init(level: .routine, classes: [.normal]),
        ], expeditedReasons: [.lungsNotFound, .lungsImplausible, .outOfDistribution],
        expeditedAbnormalProbability: 0.5)

    /// The table, written again as its sentences.
    static func expected(_ name: FindingClass, _ p: Double, _ s: Double) -> TriageLevel {
        if name == .normal { return .routine }
        if p >= 0.8 && s >= 0.5 { return .immediate }
        if name == .covid19 || name == .viralPneumonia { return .urgent }
        return s >= 0.25 ? .urgent : .expedited
    }

    static let values = [0, 0.2499, 0.25, 0.4999, 0.5, 0.7999, 0.8, 1]

    @Test(
        "Every class at every side of every limit has the table's level",
        arguments: [FindingClass.normal, .lungOpacity, .viralPneumonia, .covid19])
    func classes(_ name: FindingClass) {
        for p in Self.values {
            for s in Self.values {
                #expect(Self.rules.level(of: name, probability: p, activationShare: s) == Self.expected(name, p, s))
            }
        }
    }

    @Test("A review is expedited for lungs, distribution or probable disease, and not triaged otherwise")
    func reviews() {
        let pressing: Set<ReviewReason> = [.lungsNotFound, .lungsImplausible, .outOfDistribution]
        for reason in ReviewReason.allCases {
            for abnormal in [nil, 0, 0.4999, 0.5, 1] as [Double?] {
                let expected: TriageLevel? =
                    pressing.contains(reason) || (abnormal ?? 0) >= 0.5 ? .expedited : nil
                #expect(Self.rules.level(ofReview: [reason], abnormalProbability: abnormal) == expected)
            }
        }
    }

    @Test("The starting bundle holds this table")
    func startingBundleHoldsTheTable() throws {
        let configuration = try StartingBundle.configuration()
        #expect(configuration.triage == Self.rules)
    }
}
