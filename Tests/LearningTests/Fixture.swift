import Foundation

/// What Fixtures/make_metrics.py stored.
struct MetricsFixture: Decodable {
    var logits: [[Double]]
    var truth: [Int]
    var confusion: [[Int]]
    var accuracy: Double
    var precision: [Double]
    var recall: [Double]
    var f1: [Double]
    /// Precision, recall, F1.
    var macro: [Double]
    var auc: [Double]
    var ece: Double
    var temperature: Double
    var negativeLogLikelihood: Double
    var withoutLast: [Double]
    /// Part, whole, low, high.
    var wilson: [[Double]]
    var logistic: Logistic
    var pixels: Pixels

    struct Logistic: Decodable {
        var features: [[Double]]
        var labels: [Int]
        var penalty: Double
        var probabilities: [[Double]]
    }

    struct Pixels: Decodable {
        var labels: [[UInt8]]
        var mask: [[UInt8]]
        var iou: [Double]
        var accuracy: Double
        var macro: [Double]
    }

    static func load() throws -> MetricsFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/metrics.json")
        return try JSONDecoder().decode(MetricsFixture.self, from: Data(contentsOf: file))
    }
}

func close(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-9) -> Bool {
    value.map { abs($0 - expected) <= tolerance } ?? false
}
