/// How much of an image's source is left in what the classifier sees (method §6 g): a linear classifier of the averaged
/// features, judged on groups that it was not fitted to.
public struct SourceTest: Codable, Hashable, Sendable {
    public var images: Int
    public var sources: [String]
    /// Of naming the source, over all folds.
    public var accuracy: Double?
    public var interval: Interval?
    public var macroRecall: Double?
    /// Of always naming the largest source.
    public var chance: Double?
    /// Of always naming the largest source of the image's class, as who knows the class alone could.
    public var chanceGivenClass: Double?
    public var perSource: [String: PerSource]

    /// One source.
    public struct PerSource: Codable, Hashable, Sendable {
        public var images: Int
        public var recall: Double
    }

    private static let folds = 5
    private static let penalty = 0.01

    /// - Parameters:
    ///   - results: those without features are left out.
    ///   - smallest: sources with fewer images are left out.
    public init(_ results: [ImageResult], smallest: Int = 10) {
        let usable = results.filter { $0.features != nil }
        let counts = Dictionary(usable.map { ($0.source, 1) }, uniquingKeysWith: +)
        let known = usable.filter { counts[$0.source] ?? 0 >= smallest }
        let sources = Set(known.map(\.source)).sorted()
        let labels = known.map { sources.firstIndex(of: $0.source) ?? 0 }
        var matrix = ConfusionMatrix(classes: sources)
        let folds = Self.folds(known.map(\.group))
        for fold in 0..<Self.folds where sources.count > 1 {
            let inside = known.indices.filter { folds[$0] == fold }
            let outside = known.indices.filter { folds[$0] != fold }
            guard !inside.isEmpty, !outside.isEmpty else { continue }
            let scaling = Scaling(outside.map { known[$0].features ?? [] })
            let model = LogisticRegression(
                features: outside.map { scaling.scaled(known[$0].features ?? []) }, labels: outside.map { labels[$0] },
                classes: sources.count, penalty: Self.penalty, iterations: 60, tolerance: 1e-4)
            for index in inside {
                matrix.add(truth: labels[index], answer: model.answer(scaling.scaled(known[index].features ?? [])))
            }
        }
        images = known.count
        self.sources = sources
        accuracy = matrix.accuracy
        interval = .wilson(matrix.right, of: matrix.total)
        macroRecall = matrix.macroRecall
        chance = Self.largestShare(known.map { ("", $0.source) })
        chanceGivenClass = Self.largestShare(known.map { ($0.name, $0.source) })
        perSource = Dictionary(
            uniqueKeysWithValues: matrix.present.map {
                (sources[$0], PerSource(images: matrix.support($0), recall: matrix.recall($0)))
            })
    }

    /// Groups are dealt out in turn, in the order of their names, so that none is in two folds.
    private static func folds(_ groups: [String]) -> [Int] {
        let places = Dictionary(
            uniqueKeysWithValues: Set(groups).sorted().enumerated().map { ($0.element, $0.offset % folds) })
        return groups.map { places[$0] ?? 0 }
    }

    /// The share that is right when the most frequent second of each first is named.
    private static func largestShare(_ pairs: [(String, String)]) -> Double? {
        guard !pairs.isEmpty else { return nil }
        let right = Dictionary(grouping: pairs, by: \.0).values.reduce(0) { sum, some in
            sum + (Dictionary(some.map { ($0.1, 1) }, uniquingKeysWith: +).values.max() ?? 0)
        }
        return Double(right) / Double(pairs.count)
    }
}

/// Less the mean, divided by the deviation of each feature.
private struct Scaling {
    private let means: [Double]
    private let factors: [Double]

    init(_ examples: [[Float]]) {
        let width = examples.first?.count ?? 0
        let count = Double(max(1, examples.count))
        var (sums, squares) = ([Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        for example in examples where example.count == width {
            for (index, value) in example.enumerated() { sums[index] += Double(value) / count }
        }
        for example in examples where example.count == width {
            for (index, value) in example.enumerated() {
                squares[index] += (Double(value) - sums[index]) * (Double(value) - sums[index]) / count
            }
        }
        means = sums
        factors = squares.map { $0 > 1e-12 ? 1 / $0.squareRoot() : 0 }
    }

    func scaled(_ example: [Float]) -> [Double] {
        example.indices.map { (Double(example[$0]) - means[$0]) * factors[$0] }
    }
}
