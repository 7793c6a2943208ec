import Diagnosis
import Foundation
import Testing

@testable import Learning

@Suite("What a fit suggests")
struct FitReportTests {
    let classes: [FindingClass] = [.normal, FindingClass(rawValue: "covid19")]

    /// One image, measured, with the logits and path of another.
    private func measured(_ name: String, _ logits: [Double], path: String = "a.png") throws -> FitReport.Measured {
        let pipeline = try EvaluationRunTests.pipeline.get()
        var values = try pipeline.measure(RadiographInput(grey: EvaluationRunTests.grey.get()))
        values.logits = logits
        values.lungs = nil
        return FitReport.Measured(
            row: LabelledManifest.Row(path: path, name: name, source: "s", split: "val", group: path), values: values)
    }

    /// Three of four images with logits (2, 0) are normal: the likeliest temperature makes that 3/4, T = 2 / ln 3.
    @Test func theTemperatureMakesTheProbabilitiesWhatTheSharesAre() throws {
        let right = try measured("normal", [2, 0])
        let wrong = try measured("covid19", [2, 0])
        let text = FitReport([right, right, right, wrong], classes: classes, normal: .normal).text
        #expect(text.contains(String(format: "temperature %.4f", 2 / log(3.0))), "\(text)")
        #expect(text.contains("images 4, lungs plausible 4, labelled 4") && text.contains("accuracy 0.7500"))
    }

    @Test func everyLineOfTheTableHasTheHeadersFields() throws {
        var refused = try measured("normal", [1, 0], path: "b.png")
        refused.values.logits = nil
        refused.values.texture = []
        let table = FitReport([try measured("covid19", [0, 1]), refused], classes: classes, normal: .normal).table
        #expect(table.count == 3 && Set(table.map(\.count)).count == 1)
        #expect(table[0].prefix(3) == ["path", "class", "source"] && table[1].prefix(3) == ["a.png", "covid19", "s"])
    }
}
