import Testing

@testable import Diagnosis

/// Class or *review* (method §7), from measurements alone.
@Suite struct JudgementTests {
    static func limits() throws -> ClassLimits {
        var limits = try #require(try StartingBundle.configuration().radiograph).limits
        limits.temperature = 2
        limits.minimumProbability = 0.5
        limits.minimumAgreement = 0.5
        limits.minimumLogSumExp = 1
        return limits
    }

    /// Normal, opacity, viral, COVID-19: a clear case of viral pneumonia.
    static let clear = Judgement.Evidence(
        logits: [0, 0, 8, 0], agreement: 1, activationShare: 0.6, candidates: [.viralPneumonia, .lungOpacity])

    static func judge(
        _ change: (inout Judgement.Evidence) -> Void = { _ in }, conflictMeansReview: Bool = true,
        classes: Bool = true
    ) throws -> Judgement {
        var evidence = clear
        change(&evidence)
        return try Judgement(
            evidence, limits: classes ? limits() : nil, conflictMeansReview: conflictMeansReview,
            rules: TriageTests.rules)
    }

    @Test("A clear case is its class, with softmax over logits divided by the temperature")
    func clearCase() throws {
        let judgement = try Self.judge()
        #expect(judgement.outcome == .classified(.viralPneumonia))
        #expect(judgement.reasons.isEmpty)
        #expect(judgement.triage == .immediate)
        let expected = 54.598150033144236 / (54.598150033144236 + 3)
        #expect(abs(judgement.probabilities[2].probability - expected) < 1e-12)
        #expect(abs(judgement.probabilities.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
    }

    @Test("Each doubt alone makes a review that names it")
    func eachDoubtAlone() throws {
        let doubts: [(ReviewReason, (inout Judgement.Evidence) -> Void)] = [
            (.bodyPart, { $0.stated = [.bodyPart] }), (.view, { $0.stated = [.view] }),
            (.age, { $0.stated = [.age] }), (.lungsNotFound, { $0.lungs = .lungsNotFound }),
            (.lungsImplausible, { $0.lungs = .lungsImplausible }),
            (.notAChestRadiograph, { $0.input = .notAChestRadiograph }), (.inverted, { $0.input = .inverted }),
            (.torn, { $0.input = .torn }), (.turned, { $0.input = .turned }), (.mirrored, { $0.input = .mirrored }),
            (.sidesContradicted, { $0.sides = .sidesContradicted }),
            (.lowProbability, { $0.logits = [1.9, 2, 2.1, 2] }), (.lowAgreement, { $0.agreement = 0.49 }),
            (.textureConflict, { $0.candidates = [.normal] }),
            (.outOfDistribution, { $0.logits = [-20, -20, -8, -20] }), (.undecodable, { $0.stated = [.undecodable] }),
        ]
        for (reason, change) in doubts {
            let judgement = try Self.judge(change)
            #expect(judgement.outcome == .review)
            #expect(judgement.reasons == [reason])
        }
        // The last is said of a study, and by no image's evidence.
        let covered = Set(doubts.map(\.0)).union([.noClassesForModality, .notAnalysable])
        #expect(covered == Set(ReviewReason.allCases))
    }

    @Test("Thresholds themselves are enough")
    func limitsAreInside() throws {
        #expect(try Self.judge { $0.agreement = 0.5 }.outcome == .classified(.viralPneumonia))
    }

    @Test("Reasons come in their order of weight, whatever the order in which they were found")
    func reasonsAreOrdered() throws {
        let judgement = try Self.judge {
            $0.agreement = 0
            $0.lungs = .lungsImplausible
            $0.stated = [.age]
        }
        #expect(judgement.reasons == [.age, .lungsImplausible, .lowAgreement])
    }

    @Test("A texture conflict is always told, and is a review only by the bundle's rule")
    func conflictFollowsTheRule() throws {
        let told = try Self.judge({ $0.candidates = [.normal] }, conflictMeansReview: false)
        #expect(told.textureConflict)
        #expect(told.outcome == .classified(.viralPneumonia))
        #expect(try Self.judge({ $0.candidates = [.normal] }).outcome == .review)
        #expect(try !Self.judge { $0.candidates = nil }.textureConflict)
    }

    @Test("Without classes for the modality: not triaged, and no probabilities")
    func noClasses() throws {
        let judgement = try Self.judge({ $0 = Judgement.Evidence() }, classes: false)
        #expect(judgement.outcome == .review)
        #expect(judgement.reasons == [.noClassesForModality])
        #expect(judgement.triage == nil)
        #expect(judgement.probabilities.isEmpty)
    }

    @Test("A review with probable disease is expedited, and one without is not triaged")
    func reviewWithProbableDisease() throws {
        #expect(try Self.judge { $0.agreement = 0 }.triage == .expedited)
        #expect(
            try Self.judge {
                $0.agreement = 0
                $0.logits = [8, 0, 0, 0]
            }.triage == nil)
    }

    @Test("What is stated is held against the claims; what is not stated is not wrong")
    func claims() throws {
        var claims = try StartingBundle.configuration().claims
        func reasons(_ facts: StatedFacts, _ kind: ImageKind = .radiograph) -> [ReviewReason] {
            claims.contradictions(facts, kind: kind)
        }
        #expect(reasons(StatedFacts()).isEmpty)
        #expect(reasons(StatedFacts(bodyPart: "", view: "")).isEmpty)
        #expect(reasons(StatedFacts(bodyPart: "chest", view: "PA", age: 3)).isEmpty)
        #expect(reasons(StatedFacts(bodyPart: "ABDOMEN")) == [.bodyPart])
        #expect(reasons(StatedFacts(view: "LL")) == [.view])
        #expect(reasons(StatedFacts(view: "AP SUPINE")).isEmpty)
        #expect(reasons(StatedFacts(view: "LATERAL APICAL")) == [.view])
        #expect(reasons(StatedFacts(view: "LL"), .ct).isEmpty)
        claims.minimumAge = 18
        claims.maximumAge = 80
        #expect(reasons(StatedFacts(age: 17.9)) == [.age])
        #expect(reasons(StatedFacts(age: 18)).isEmpty)
        #expect(reasons(StatedFacts(age: 81)) == [.age])
    }
}
