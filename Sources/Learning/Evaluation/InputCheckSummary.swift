package import Diagnosis

/// What the input check says of examples, by what they show.
package struct InputCheckSummary: Codable, Sendable, Equatable {
    package struct Group: Codable, Sendable, Equatable {
        package var name: String
        package var images: Int
        /// Images that end in *review* for each reason.
        package var reasons: [String: Int]

        package var reviewed: Int { reasons.values.reduce(0, +) }
        package var share: Double { Double(reviewed) / Double(max(1, images)) }
    }

    /// In the order in which their first examples came.
    package private(set) var groups: [Group] = []

    /// - Parameter logits: of each example.
    package init(_ examples: [InputCheckExamples.Example], logits: [[Double]], rule: InputCheckRule) {
        var places: [String: Int] = [:]
        for (example, values) in zip(examples, logits) {
            let place = places[example.name] ?? groups.count
            if place == groups.count {
                places[example.name] = place
                groups.append(Group(name: example.name, images: 0, reasons: [:]))
            }
            groups[place].images += 1
            if let reason = rule.kind(values).reason { groups[place].reasons[reason.rawValue, default: 0] += 1 }
        }
    }
}

extension InputCheckRule {
    /// The limits that send at most a share of the upright examples to *review*.
    /// - Parameters:
    ///   - share: of all upright ones; half of it for each limit.
    package static func fitted(
        _ examples: [InputCheckExamples.Example], logits: [[Double]], share: Double
    ) -> InputCheckRule {
        let upright = zip(examples, logits).filter { $0.0.kind == .upright }.map { Self.measures($0.1) }
        return InputCheckRule(
            minimumUpright: Quantile.of(upright.map(\.upright), share / 2) ?? 0.5,
            minimumMirrored: max(0.5, Quantile.of(upright.map(\.mirrored), 1 - share / 2) ?? 0.5))
    }
}
