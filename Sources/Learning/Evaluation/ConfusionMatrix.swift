/// How often each class was taken for each other: rows are the truth, columns the answers.
///
/// Precision, recall and F1 are scikit-learn's with `zero_division=0`. Means over the classes (*macro*) are taken over
/// the classes that occur in the truth: a source with one class has no recall of the others.
public struct ConfusionMatrix: Codable, Hashable, Sendable {
    public let classes: [String]
    /// `counts[truth][answer]`.
    public private(set) var counts: [[Int]]

    public init(classes: [String]) {
        self.classes = classes
        counts = Array(repeating: Array(repeating: 0, count: classes.count), count: classes.count)
    }

    /// - Parameter pairs: indices of truth and answer; those that are no class's are passed over.
    public init(classes: [String], pairs: some Sequence<(truth: Int, answer: Int)>) {
        self.init(classes: classes)
        for pair in pairs { add(truth: pair.truth, answer: pair.answer) }
    }

    /// Counts one more, or several. Indices that are no class's are passed over.
    public mutating func add(truth: Int, answer: Int, times: Int = 1) {
        guard classes.indices.contains(truth), classes.indices.contains(answer) else { return }
        counts[truth][answer] += times
    }

    public static func + (left: ConfusionMatrix, right: ConfusionMatrix) -> ConfusionMatrix {
        var sum = left
        for truth in right.counts.indices {
            for answer in right.counts[truth].indices {
                sum.add(truth: truth, answer: answer, times: right.counts[truth][answer])
            }
        }
        return sum
    }

    public var total: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

    /// The diagonal's sum.
    public var right: Int { classes.indices.reduce(0) { $0 + counts[$1][$1] } }

    /// How many of a class there are.
    public func support(_ name: Int) -> Int { counts[name].reduce(0, +) }

    /// How often a class was the answer.
    public func answers(_ name: Int) -> Int { counts.reduce(0) { $0 + $1[name] } }

    /// Nil without any image.
    public var accuracy: Double? { Self.share(right, of: total) }

    /// 0 for a class that was never the answer.
    public func precision(_ name: Int) -> Double { Self.share(counts[name][name], of: answers(name)) ?? 0 }

    /// 0 for a class that does not occur.
    public func recall(_ name: Int) -> Double { Self.share(counts[name][name], of: support(name)) ?? 0 }

    /// 2 TP / (2 TP + FP + FN), 0 where that has no meaning.
    public func f1(_ name: Int) -> Double {
        Self.share(2 * counts[name][name], of: support(name) + answers(name)) ?? 0
    }

    /// TP / (TP + FP + FN), the Jaccard index; nil where the class occurs nowhere.
    public func intersectionOverUnion(_ name: Int) -> Double? {
        Self.share(counts[name][name], of: support(name) + answers(name) - counts[name][name])
    }

    /// The classes that occur in the truth.
    public var present: [Int] { classes.indices.filter { support($0) > 0 } }

    public var macroPrecision: Double? { mean(precision) }
    public var macroRecall: Double? { mean(recall) }
    public var macroF1: Double? { mean(f1) }

    private func mean(_ value: (Int) -> Double) -> Double? {
        let present = present
        return present.isEmpty ? nil : present.reduce(0) { $0 + value($1) } / Double(present.count)
    }

    private static func share(_ part: Int, of whole: Int) -> Double? {
        whole > 0 ? Double(part) / Double(whole) : nil
    }
}
