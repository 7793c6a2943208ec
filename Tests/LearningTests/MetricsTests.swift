import Diagnosis
import Imaging
import Testing

@testable import Learning

/// Metrics against scikit-learn and scipy.
@Suite struct MetricsTests {
    let fixture: MetricsFixture

    init() throws {
        fixture = try MetricsFixture.load()
    }

    var answers: [Int] {
        fixture.logits.map { row in row.indices.reduce(0) { row[$1] > row[$0] ? $1 : $0 } }
    }

    func matrix(_ some: [Int]) -> ConfusionMatrix {
        ConfusionMatrix(
            classes: ["a", "b", "c", "d"], pairs: some.map { (truth: fixture.truth[$0], answer: answers[$0]) })
    }

    @Test("Confusion, accuracy, precision, recall and F1 are scikit-learn's")
    func confusion() {
        let matrix = matrix(Array(fixture.truth.indices))
        #expect(matrix.counts == fixture.confusion)
        #expect(close(matrix.accuracy, fixture.accuracy))
        for name in 0..<4 {
            #expect(close(matrix.precision(name), fixture.precision[name]))
            #expect(close(matrix.recall(name), fixture.recall[name]))
            #expect(close(matrix.f1(name), fixture.f1[name]))
        }
        for (value, expected) in zip([matrix.macroPrecision, matrix.macroRecall, matrix.macroF1], fixture.macro) {
            #expect(close(value, expected))
        }
    }

    @Test("A class that does not occur takes no part in means over the classes")
    func absentClass() {
        let matrix = matrix(fixture.truth.indices.filter { fixture.truth[$0] != 3 })
        for (value, expected) in zip([matrix.macroPrecision, matrix.macroRecall, matrix.macroF1], fixture.withoutLast) {
            #expect(close(value, expected))
        }
        let nothing = ConfusionMatrix(classes: ["a", "b"])
        #expect(nothing.accuracy == nil && nothing.macroF1 == nil && nothing.precision(0) == 0)
    }

    @Test("The area under the curve is scikit-learn's, with tied scores")
    func area() {
        for name in 0..<4 {
            let scores = probabilities.map { $0[name] }
            #expect(
                close(RankingArea.area(scores: scores, positive: fixture.truth.map { $0 == name }), fixture.auc[name]))
        }
        #expect(RankingArea.area(scores: [0.5, 0.5], positive: [true, true]) == nil)
        #expect(RankingArea.area(scores: [0.5, 0.5], positive: [true, false]) == 0.5)
    }

    var probabilities: [[Double]] { fixture.logits.map { Logits.softmax($0) } }

    @Test("The expected calibration error is the mean gap of 15 bins, weighted by their images")
    func calibration() {
        let reliability = Reliability(
            fixture.truth.indices.map { (probabilities[$0].max() ?? 0, answers[$0] == fixture.truth[$0]) })
        #expect(close(reliability.expectedCalibrationError, fixture.ece))
        #expect(reliability.bins.count == 15)
        #expect(reliability.bins.reduce(0) { $0 + $1.images } == fixture.truth.count)
        #expect(Reliability([]).expectedCalibrationError == nil)
        #expect(Reliability([(1, true)]).bins.last?.images == 1)
    }

    @Test("Wilson's intervals are scipy's")
    func wilson() {
        for row in fixture.wilson {
            let interval = Interval.wilson(Int(row[0]), of: Int(row[1]))
            #expect(close(interval?.low, row[2]) && close(interval?.high, row[3]))
        }
        #expect(Interval.wilson(0, of: 0) == nil)
    }

    @Test("A bootstrap draws whole groups, and the same for the same seed")
    func bootstrap() {
        // One group of 50 ones, one of 50 zeros: means of draws are 0, 1/2 or 1, never between.
        let groups = (0..<100).map { $0 < 50 ? "one" : "zero" }
        var seen: Set<Double> = []
        let intervals = Bootstrap(groups: groups, resamples: 200, seed: 3).intervals { drawn in
            let mean = Double(drawn.count { $0 < 50 }) / Double(drawn.count)
            seen.insert(mean)
            return ["mean": mean]
        }
        #expect(seen == [0, 0.5, 1])
        #expect(intervals["mean"] == Interval(low: 0, high: 1))
    }

    @Test("Of independent examples, a bootstrap's interval is that of the normal distribution")
    func bootstrapWidth() {
        let values = (0..<400).map { Double($0 % 2) }
        let bootstrap = Bootstrap(groups: values.indices.map { "\($0)" }, resamples: 4000, seed: 1)
        func interval() -> Interval? {
            bootstrap.intervals { drawn in ["mean": drawn.reduce(0) { $0 + values[$1] } / Double(drawn.count)] }["mean"]
        }
        // 1/2 ± 1.96 · √(1/4 / 400)
        #expect(close(interval()?.low, 0.5 - 0.049, 0.004) && close(interval()?.high, 0.5 + 0.049, 0.004))
        #expect(interval() == interval())
    }
}

@Suite struct LogisticRegressionTests {
    @Test("Probabilities are those of scikit-learn's logistic regression with the same penalty")
    func agreesWithScikit() throws {
        let fixture = try MetricsFixture.load().logistic
        let model = LogisticRegression(
            features: fixture.features, labels: fixture.labels, classes: 3, penalty: fixture.penalty, tolerance: 1e-8)
        for (example, expected) in zip(fixture.features, fixture.probabilities) {
            for (value, other) in zip(model.probabilities(example), expected) { #expect(close(value, other, 1e-5)) }
        }
    }
}

@Suite struct SourceTestTests {
    static func results(_ feature: (_ source: Int, _ index: Int) -> Float) -> [ImageResult] {
        (0..<90).map { index in
            ImageResult(
                path: "\(index)", name: index % 2 == 0 ? "normal" : "covid19", source: ["a", "b", "c"][index / 2 % 3],
                group: "\(index)", logits: nil, probabilities: [], outcome: "review",
                features: [feature(index / 2 % 3, index), Float(index * 7919 % 13)])
        }
    }

    @Test("A source that shows in a feature is told, one that does not is guessed")
    func tells() {
        let plain = SourceTest(Self.results { source, index in Float(source) + 0.01 * Float(index % 7) })
        #expect(plain.images == 90 && plain.sources == ["a", "b", "c"])
        #expect(plain.accuracy ?? 0 > 0.9)
        #expect(close(plain.chance, 1.0 / 3) && close(plain.chanceGivenClass, 1.0 / 3))
        let hidden = SourceTest(Self.results { _, index in Float(index * 31 % 17) })
        #expect(hidden.accuracy ?? 1 < 0.5)
    }

    @Test("Sources with few images are left out; one source alone says nothing")
    func few() {
        let some = Self.results { source, _ in Float(source) }.filter { $0.source == "a" || $0.path == "2" }
        let test = SourceTest(some)
        #expect(test.sources == ["a"] && test.accuracy == nil)
    }
}
