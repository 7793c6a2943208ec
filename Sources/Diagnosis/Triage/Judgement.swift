/// From what was measured to class or *review*, with the level of triage (method §7). Pure: all thresholds come from
/// the bundle.
struct Judgement: Equatable {
    /// What was measured on an image; nil where a stage did not run.
    struct Evidence: Equatable {
        var stated: [ReviewReason] = []
        /// What the image is instead of an upright frontal radiograph of the chest.
        var input: ReviewReason?
        var lungs: ReviewReason?
        /// The lungs lie on other sides than they should.
        var sides: ReviewReason?
        /// Means over the patches or slices.
        var logits: [Double]?
        /// Calibrated, where they are not those of the mean logits: of a series.
        var probabilities: [Double]?
        var agreement: Double?
        /// Something else than the logits says that the image is unlike those that the network knows.
        var isUnlike = false
        var activationShare: Double?
        /// Of texture; nil when nothing was narrowed.
        var candidates: [FindingClass]?
    }

    var outcome: Outcome
    var probabilities: [ClassProbability]
    /// Of all classes but the normal one together; nil where the network did not run.
    var abnormalProbability: Double?
    var triage: TriageLevel?
    var reasons: [ReviewReason]
    var textureConflict: Bool

    /// - Parameters:
    ///   - limits: nil where the bundle has no classes for this kind of image.
    ///   - conflictMeansReview: the bundle's rule for a class that texture rules out.
    init(_ evidence: Evidence, limits: ClassLimits?, conflictMeansReview: Bool, rules: TriageRules) {
        var reasons = Set(evidence.stated)
        reasons.formUnion([evidence.input, evidence.lungs, evidence.sides].compactMap(\.self))
        var top: (name: FindingClass, probability: Double)?
        var abnormal: Double?
        var probabilities: [ClassProbability] = []
        var conflict = false
        if let limits {
            if let logits = evidence.logits {
                let values = evidence.probabilities ?? limits.probabilities(logits)
                let best = Logits.top(values)
                let name = limits.classes[best]
                probabilities = zip(limits.classes, values).map { ClassProbability(name: $0, probability: $1) }
                abnormal = probabilities.reduce(0) { $0 + ($1.name == limits.normal ? 0 : $1.probability) }
                top = (name, values[best])
                conflict = evidence.candidates.map { !$0.contains(name) } ?? false
                reasons.formUnion(Self.doubts(evidence, logits, probability: values[best], limits))
                if conflict && conflictMeansReview { reasons.insert(.textureConflict) }
            }
        } else {
            reasons.insert(.noClassesForModality)
        }
        self.probabilities = probabilities
        abnormalProbability = abnormal
        textureConflict = conflict
        self.reasons = ReviewReason.allCases.filter(reasons.contains)
        if let top, reasons.isEmpty {
            outcome = .classified(top.name)
            triage = rules.level(
                of: top.name, probability: top.probability, activationShare: evidence.activationShare ?? 0)
        } else {
            outcome = .review
            triage = rules.level(ofReview: self.reasons, abnormalProbability: abnormal)
        }
    }

    private static func doubts(
        _ evidence: Evidence, _ logits: [Double], probability: Double, _ limits: ClassLimits
    ) -> [ReviewReason] {
        var doubts: [ReviewReason] = []
        if probability < limits.minimumProbability { doubts.append(.lowProbability) }
        if let agreement = evidence.agreement, agreement < limits.minimumAgreement { doubts.append(.lowAgreement) }
        if evidence.isUnlike || Logits.logSumExp(logits) < limits.minimumLogSumExp { doubts.append(.outOfDistribution) }
        return doubts
    }
}

extension BundleConfiguration.Claims {
    /// What is stated and outside the claim. What is not stated is unknown, not wrong.
    func contradictions(_ stated: StatedFacts, kind: ImageKind) -> [ReviewReason] {
        var reasons: [ReviewReason] = []
        if let part = stated.bodyPart, !part.isEmpty, !bodyParts.contains(part.uppercased()) {
            reasons.append(.bodyPart)
        }
        if kind == .radiograph, let view = stated.view, !claims(view: view) { reasons.append(.view) }
        if let age = stated.age {
            if let minimumAge, age < minimumAge { reasons.append(.age) }
            if let maximumAge, age > maximumAge { reasons.append(.age) }
        }
        return reasons
    }

    /// A view may say more than its direction: `AP SUPINE`, `PA_ERECT`.
    private func claims(view: String) -> Bool {
        let words = view.uppercased().split { !$0.isLetter }.map(String.init)
        return view.isEmpty || views.contains(view.uppercased()) || words.contains(where: views.contains)
    }
}
