import Foundation
import Testing

@testable import Learning

/// Trainings without a source, and what is said of them.
@Suite struct TrialTests {
    static func row(_ number: Int, _ label: Int, _ source: String, group: String? = nil) -> TrainingRow {
        TrainingRow(path: "\(number).png", label: label, source: source, group: group, place: "m.csv:\(number)")
    }

    static func rows() throws -> TrainingRows {
        try TrainingRows(
            classes: ["normal", "covid19"],
            train: [
                row(0, 0, "a"), row(1, 1, "a"), row(2, 0, "b"), row(3, 1, "b"), row(4, 0, "c"),
                row(7, 0, "a", group: "p"), row(8, 0, "b", group: "p"), row(9, 0, "a", group: "q"),
            ],
            validation: [row(5, 0, "a", group: "q"), row(6, 1, "b")], from: "m.csv")
    }

    @Test("What is left out, and its patients, are in nothing that is learned from, and all of it judges")
    func leavingOut() throws {
        let rows = try Self.rows().leavingOut(["b", "c"])
        #expect(rows.train.map(\.path) == ["0.png", "1.png"])
        #expect(rows.validation.map(\.path) == ["2.png", "3.png", "4.png", "8.png", "6.png", "5.png"])
        #expect(rows.classes == ["normal", "covid19"])
    }

    @Test("An unknown source and a class that nothing is left of are sentences")
    func complaints() throws {
        let unknown = #expect(throws: LearningError.self) { try Self.rows().leavingOut(["d"]) }
        #expect(unknown?.description.contains("d is none of the sources a, b, c") == true)
        let empty = #expect(throws: LearningError.self) { try Self.rows().leavingOut(["a", "b"]) }
        #expect(empty?.description.contains("without a, b") == true)
        #expect(empty?.description.contains("covid19") == true)
    }

    static let report: TrialReport = {
        let results = ["normal", "covid19", "covid19"].enumerated().map { number, name in
            ImageResult(
                path: "\(number)", name: name, source: "b", group: "\(number)", logits: number < 2 ? [1, 2] : [0, 1],
                probabilities: [0.3, 0.7], outcome: "covid19")
        }
        return .leftOut([
            TrialResult(
                name: "b<i>", learned: 7, stages: "96:32:300", start: nil,
                summary: ClassificationSummary(
                    results, classes: ["normal", "covid19"], normal: "normal", resamples: 9),
                seen: ClassificationSummary(
                    Array(results.suffix(1)), classes: ["normal", "covid19"], normal: "normal", resamples: 9))
        ])
    }()

    @Test("Text and page give accuracy and recall of each class, and escape names")
    func report() {
        #expect(Self.report.text.contains("b<i> (3 images): accuracy 0.667"))
        #expect(Self.report.text.contains("known sources 1.000"))
        #expect(Self.report.text.contains("recall: normal 0.000, covid19 1.000"))
        let row = "<th scope=\"row\">b&lt;i&gt;</th><td>random values</td><td>7</td><td>3</td>"
        #expect(Self.report.html.contains(row))
        #expect(Self.report.html.contains("1.000 of 2"))
        #expect(Self.report.html.contains("random values"))
    }
}
