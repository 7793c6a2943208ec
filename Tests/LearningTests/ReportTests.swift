import Diagnosis
import Foundation
import Imaging
import Testing

@testable import Learning

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Whether a text is well-formed XML, by libxml2.
private func isWellFormed(_ text: String) -> Bool { XMLParser(data: Data(text.utf8)).parse() }

@Suite struct ReportTests {
    static let hostile = "<script>alert(\"1\")</script> & '\u{0}\u{1B}"

    static func summary() -> ClassificationSummary {
        let classes = ["normal", "covid19"]
        let results = (0..<40).map { index in
            ImageResult(
                path: "\(index)", name: classes[index % 2], source: hostile, group: "\(index)",
                logits: [Double(index % 3), 1], probabilities: Logits.softmax([Double(index % 3), 1]),
                outcome: "review",
                reasons: ["low_agreement"])
        }
        return ClassificationSummary(results, classes: classes, normal: "normal", resamples: 20)
    }

    @Test("Figures are well-formed SVG, whatever their names hold")
    func wellFormed() throws {
        let report = ClassificationReport(Self.summary(), subtitle: Self.hostile)
        #expect(isWellFormed(report.confusion.svg) && isWellFormed(report.reliability.svg))
        #expect(isWellFormed(ConfusionFigure(classes: [Self.hostile], counts: [[1]], title: Self.hostile).figure.svg))
        #expect(!isWellFormed("<svg>\u{0}</svg>"))
    }

    @Test("A page runs no script, loads nothing, and shows names as they are written")
    func pageStandsAlone() {
        let html = ClassificationReport(Self.summary(), subtitle: Self.hostile).html
        #expect(!html.contains("<script") && html.contains("&lt;script&gt;alert(&quot;1&quot;)"))
        let links = ["src=", "href=", "url(", "@import"].filter { html.contains($0) }
        #expect(links.isEmpty)
    }

    @Test("A confusion matrix shows every count, and a full row in the darkest blue")
    func confusion() {
        let figure = ConfusionFigure(classes: ["a", "b"], counts: [[7, 0], [21, 63]]).figure
        let texts = figure.shapes.compactMap { shape in
            if case .text(let text, _, _, _, _, _) = shape { text } else { nil }
        }
        #expect(["7", "21", "63", "100.0 %", "25.0 %", "75.0 %"].allSatisfy(texts.contains))
        let fills = figure.shapes.compactMap { shape in
            if case .rectangle(_, _, _, _, let fill) = shape { fill } else { nil }
        }
        #expect(fills.count == 4 && fills[0].luma < fills[3].luma && fills[3].luma < fills[2].luma)
        #expect(fills[1] == .white)
    }

    @Test("A figure's picture has its size times the scale, and its shapes in their places")
    func picture() {
        var figure = Figure(width: 20, height: 10, title: "")
        figure.rectangle(5, 2, 10, 4, .black)
        let picture = Canvas(figure.picture(scale: 3))
        #expect(picture.width == 60 && picture.height == 30)
        #expect(picture[row: 12, column: 30] == .black && picture[row: 3, column: 30] == .white)
        #expect(picture[row: 12, column: 12] == .white && picture[row: 21, column: 30] == .white)
    }

    @Test("Dashes are as long as the gaps between them, around corners too")
    func dashes() {
        let pieces = Figure.dashed([Point(x: 0, y: 0), Point(x: 6, y: 0), Point(x: 6, y: 6)], dash: 4)
        #expect(
            pieces == [
                [Point(x: 0, y: 0), Point(x: 4, y: 0)], [Point(x: 6, y: 2), Point(x: 6, y: 6)],
            ])
    }

    @Test("Ticks are round numbers inside the range", arguments: [(0.0, 1.0), (0, 1.37), (0, 4000), (3e-5, 9e-5)])
    func ticks(_ low: Double, _ high: Double) {
        let ticks = Axes.ticks(low...high)
        #expect((2...9).contains(ticks.count))
        #expect(ticks.allSatisfy { $0 >= low - 1e-12 && $0 <= high + 1e-12 * high })
        let step = ticks[1] - ticks[0]
        let leading = step / pow(10, (log10(step) + 1e-9).rounded(.down))
        #expect([1, 2, 5].contains { abs($0 - leading) < 1e-6 })
    }
}

@Suite struct TrainingReportTests {
    static func history(_ text: String) throws -> TrainingHistory {
        try TrainingHistory(Data(text.utf8), path: "history.jsonl")
    }

    @Test("Losses and validations are read; a line that is still being written is passed over")
    func reads() throws {
        let history = try Self.history(
            """
            {"imagesPerSecond":41.5,"loss":1.0312,"rate":0.008,"seconds":12.5,"side":128,"step":10}
            {"step":20,"validation":{"loss":0.98,"accuracy":0.61,"iou":{"right":0.9,"left":0.8}}}
            {"step":30,"lo
            """)
        #expect(
            history.steps == [
                TrainingHistory.Step(step: 10, side: 128, loss: 1.0312, rate: 0.008, imagesPerSecond: 41.5)
            ])
        #expect(history.validations.map(\.step) == [20])
        #expect(
            history.validations[0].values == ["loss": 0.98, "accuracy": 0.61, "iou.right": 0.9, "iou.left": 0.8])
    }

    @Test("A line that is none of a history is named")
    func problems() {
        for line in ["[1]", "{\"step\":1}", "x"] {
            let problem = #expect(throws: TrainingHistory.Problem.self) {
                try Self.history("{\"step\":1,\"loss\":1}\n\(line)\n")
            }
            #expect(problem?.description.hasPrefix("history.jsonl:2:") == true)
        }
    }

    @Test("A page is made of any history, an empty one too, with one curve for each measure")
    func page() throws {
        #expect(isWellFormed(TrainingReport(try Self.history("")).curves.svg))
        let lines = (1...900).map { step in
            "{\"step\":\(step),\"side\":\(step < 400 ? 96 : 160),\"loss\":\(1.0 / Double(step)),\"rate\":0.01}"
        }
        let report = TrainingReport(
            try Self.history(
                lines.joined(separator: "\n")
                    + "\n{\"step\":300,\"validation\":{\"iouRight\":0.91,\"macroF1\":0.8,\"loss\":0.4}}\n"))
        let svg = report.curves.svg
        #expect(isWellFormed(svg))
        for name in [">IoU right<", ">macro F1<", ">training<", ">validation<", ">96²<", ">160²<"] {
            #expect(svg.contains(name), "\(name) is not drawn")
        }
        #expect(report.html.contains("<td>0.910</td>"))
    }
}
