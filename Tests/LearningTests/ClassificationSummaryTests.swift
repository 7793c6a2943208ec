import Diagnosis
import Foundation
import Testing

@testable import Learning

@Suite struct ClassificationSummaryTests {
    static let classes = ["normal", "lung_opacity", "viral_pneumonia", "covid19"]

    static func result(
        _ name: String, _ logits: [Double]?, source: String = "s", group: String = "g", outcome: String? = nil,
        reasons: [String] = [], candidates: [String: [String]] = [:]
    ) -> ImageResult {
        let top = logits.flatMap { values in values.max().flatMap(values.firstIndex(of:)) }
        return ImageResult(
            path: UUID().uuidString, name: name, source: source, group: group, logits: logits,
            probabilities: logits.map { Logits.softmax($0) } ?? [],
            outcome: outcome ?? top.map { classes[$0] } ?? "review",
            reasons: reasons, candidates: candidates)
    }

    @Test("A summary's numbers are scikit-learn's")
    func agreesWithScikit() throws {
        let fixture = try MetricsFixture.load()
        let results = zip(fixture.truth, fixture.logits).enumerated().map { index, item in
            Self.result(Self.classes[item.0], item.1, group: "\(index)")
        }
        let summary = ClassificationSummary(results, classes: Self.classes, normal: "normal", resamples: 50)
        #expect(summary.confusion == fixture.confusion && summary.images == 120)
        #expect(close(summary.accuracy, fixture.accuracy) && close(summary.ece, fixture.ece))
        #expect(close(summary.macroPrecision, fixture.macro[0]) && close(summary.macroRecall, fixture.macro[1]))
        #expect(close(summary.macroF1, fixture.macro[2]))
        for (index, name) in Self.classes.enumerated() {
            #expect(close(summary.perClass[name]?.f1, fixture.f1[index]))
            #expect(close(summary.auc[name], fixture.auc[index]))
        }
        #expect(close(summary.temperature?.fitted, fixture.temperature, 1e-3))
        #expect(close(summary.temperature?.negativeLogLikelihood, fixture.negativeLogLikelihood, 1e-6))
        let interval = try #require(summary.intervals["macroF1"])
        #expect(interval.low < fixture.macro[2] && interval.high > fixture.macro[2])
    }

    @Test("An image counts by its top class even when it would be a review; one without lungs is wrong")
    func reviews() {
        let summary = ClassificationSummary(
            [
                Self.result("normal", [2, 0, 0, 0]),
                Self.result("covid19", [0, 0, 0, 2], outcome: "review", reasons: ["low_agreement"]),
                Self.result("covid19", nil, reasons: ["lungs_not_found"]),
            ], classes: Self.classes, normal: "normal", resamples: 0)
        #expect(close(summary.accuracy, 2.0 / 3))
        #expect(summary.withoutClass == 1)
        #expect(summary.confusion[3] == [0, 0, 0, 1])
        #expect(close(summary.perClass["covid19"]?.recall, 0.5))
        #expect(close(summary.macroRecall, 0.75))
        #expect(summary.review.images == 2 && summary.review.accuracyOfOthers == 1)
        #expect(summary.review.reasons == ["low_agreement": 1, "lungs_not_found": 1])
        #expect(close(summary.largestClass, 2.0 / 3))
    }

    @Test("A disease without a class is right in review or in an abnormal class")
    func others() throws {
        let summary = ClassificationSummary(
            [
                Self.result("tuberculosis", [2, 0, 0, 0]), Self.result("tuberculosis", [0, 2, 0, 0]),
                Self.result("tuberculosis", [2, 0, 0, 0], outcome: "review"),
                Self.result("tuberculosis", [0, 0, 0, 1]),
            ], classes: Self.classes, normal: "normal", resamples: 10)
        let other = try #require(summary.others["tuberculosis"])
        #expect(summary.images == 0 && summary.accuracy == nil && summary.perSource.isEmpty)
        #expect(other.review == 0.25 && other.reviewOrAbnormal == 0.75)
        #expect(other.outcomes == ["normal": 1, "lung_opacity": 1, "review": 1, "covid19": 1])
    }

    @Test("A source with one class has no mean over the classes")
    func sources() {
        let summary = ClassificationSummary(
            [
                Self.result("normal", [2, 0, 0, 0], source: "a"), Self.result("normal", [0, 2, 0, 0], source: "a"),
                Self.result("normal", [2, 0, 0, 0], source: "b"), Self.result("covid19", [2, 0, 0, 0], source: "b"),
            ], classes: Self.classes, normal: "normal", resamples: 0)
        #expect(summary.perSource["a"]?.macroRecall == nil && summary.perSource["a"]?.accuracy == 0.5)
        #expect(summary.perSource["b"]?.macroRecall == 0.5)
        #expect(summary.perSource["b"]?.classes["covid19"]?.answers == ["normal": 1])
    }

    @Test("With narrowing, the answer is the top class among those that texture leaves")
    func narrowing() {
        let summary = ClassificationSummary(
            [
                Self.result("covid19", [2, 0, 0, 1], candidates: ["paper": ["lung_opacity", "covid19"]]),
                Self.result("normal", [2, 0, 0, 1], candidates: ["fitted": ["covid19"]]),
                Self.result("normal", [2, 0, 0, 1]),
            ], classes: Self.classes, normal: "normal", resamples: 0)
        #expect(close(summary.accuracy, 2.0 / 3))
        #expect(summary.accuracyNarrowed["paper"] == 1)
        #expect(close(summary.accuracyNarrowed["fitted"], 1.0 / 3))
    }
}
