import Diagnosis

/// Results with their classes as numbers, and what is counted over any choice of them.
struct ClassifiedImages {
    struct Image {
        var result: ImageResult
        var truth: Int
        /// The top class of the mean logits; nil where the network did not run.
        var answer: Int?
    }

    let classes: [String]
    let images: [Image]
    /// Images of each class.
    private let supports: [Int]

    /// Images of other classes are left out.
    init(_ results: [ImageResult], classes: [String]) {
        self.classes = classes
        let images = results.compactMap { result -> Image? in
            guard let truth = classes.firstIndex(of: result.name) else { return nil }
            let logits = result.logits.flatMap { $0.count == classes.count ? $0 : nil }
            return Image(result: result, truth: truth, answer: logits.map { Self.top($0, among: $0.indices) })
        }
        self.images = images
        supports = classes.indices.map { name in images.count { $0.truth == name } }
    }

    /// The first of the largest.
    private static func top(_ logits: [Double], among some: some Sequence<Int>) -> Int {
        some.reduce(into: -1) { best, next in
            if best < 0 || logits[next] > logits[best] { best = next }
        }
    }

    func support(_ name: Int) -> Int { supports[name] }

    func matrix(of some: some Sequence<Int>) -> ConfusionMatrix {
        ConfusionMatrix(
            classes: classes,
            pairs: some.lazy.compactMap { index in
                let image = images[index]
                return image.answer.map { (image.truth, $0) }
            })
    }

    /// Images without an answer are wrong; nil without images.
    func accuracy(of some: some Collection<Int>) -> Double? {
        some.isEmpty ? nil : Double(some.count { images[$0].answer == images[$0].truth }) / Double(some.count)
    }

    /// Images without an answer are among those that were missed.
    func recall(_ name: Int, _ matrix: ConfusionMatrix) -> Double {
        supports[name] > 0 ? Double(matrix.counts[name][name]) / Double(supports[name]) : 0
    }

    func f1(_ name: Int, _ matrix: ConfusionMatrix) -> Double {
        Self.f1(matrix, name, support: supports[name])
    }

    private static func f1(_ matrix: ConfusionMatrix, _ name: Int, support: Int) -> Double {
        let whole = support + matrix.answers(name)
        return whole > 0 ? 2 * Double(matrix.counts[name][name]) / Double(whole) : 0
    }

    /// Top probabilities and whether they are right, of those with an answer.
    func answers(of some: some Sequence<Int>) -> [(confidence: Double, isRight: Bool)] {
        some.compactMap { index in
            let image = images[index]
            guard let answer = image.answer, let top = image.result.probabilities.max() else { return nil }
            return (top, answer == image.truth)
        }
    }

    /// Those whose intervals need a bootstrap, by name.
    func statistics(of some: [Int]) -> [String: Double] {
        let matrix = matrix(of: some)
        var support = [Int](repeating: 0, count: classes.count)
        for index in some { support[images[index].truth] += 1 }
        let present = classes.indices.filter { support[$0] > 0 }
        var values: [String: Double] = [:]
        func mean(_ value: (Int) -> Double) -> Double? { Quantile.mean(present.map(value)) }
        values["macroPrecision"] = mean(matrix.precision)
        values["macroRecall"] = mean { Double(matrix.counts[$0][$0]) / Double(support[$0]) }
        values["macroF1"] = mean { Self.f1(matrix, $0, support: support[$0]) }
        values["ece"] = Reliability(answers(of: some)).expectedCalibrationError
        let scored = some.filter { images[$0].answer != nil && images[$0].result.probabilities.count == classes.count }
        var areas: [Double] = []
        for name in present {
            values["f1." + classes[name]] = Self.f1(matrix, name, support: support[name])
            let area = RankingArea.area(
                scores: scored.map { images[$0].result.probabilities[name] },
                positive: scored.map { images[$0].truth == name })
            values["auc." + classes[name]] = area
            areas += area.map { [$0] } ?? []
        }
        values["macroAUC"] = Quantile.mean(areas)
        return values
    }

    func intervals(_ matrix: ConfusionMatrix, resamples: Int) -> [String: Interval] {
        var intervals = Bootstrap(groups: images.map(\.result.group), resamples: resamples)
            .intervals { statistics(of: $0) }
        intervals["accuracy"] = .wilson(matrix.right, of: images.count)
        for (index, name) in classes.enumerated() where supports[index] > 0 {
            intervals["recall." + name] = .wilson(matrix.counts[index][index], of: supports[index])
            intervals["precision." + name] = .wilson(matrix.counts[index][index], of: matrix.answers(index))
        }
        return intervals
    }

    /// The top class among those that texture leaves, by profile; empty where none narrows.
    func accuracyNarrowed() -> [String: Double] {
        let profiles = Set(images.flatMap(\.result.candidates.keys))
        return Dictionary(
            uniqueKeysWithValues: profiles.map { profile in
                let right = images.count { narrowedAnswer($0, profile) == $0.truth }
                return (profile, Double(right) / Double(images.count))
            })
    }

    private func narrowedAnswer(_ image: Image, _ profile: String) -> Int? {
        guard image.answer != nil, let logits = image.result.logits, let left = image.result.candidates[profile] else {
            return image.answer
        }
        return Self.top(logits, among: classes.indices.filter { left.contains(classes[$0]) })
    }

    func perSource() -> [String: ClassificationSummary.PerSource] {
        Dictionary(grouping: images.indices) { images[$0].result.source }.mapValues { some in
            let right = some.count { images[$0].answer == images[$0].truth }
            let values = statistics(of: some)
            let groups = Dictionary(grouping: some) { images[$0].truth }
            return ClassificationSummary.PerSource(
                images: some.count, accuracy: Double(right) / Double(some.count),
                accuracyInterval: .wilson(right, of: some.count),
                macroRecall: groups.count > 1 ? values["macroRecall"] : nil,
                macroF1: groups.count > 1 ? values["macroF1"] : nil,
                classes: Dictionary(
                    uniqueKeysWithValues: groups.map { truth, members in (classes[truth], answers(truth, members)) }))
        }
    }

    private func answers(_ truth: Int, _ members: [Int]) -> ClassificationSummary.PerSourceClass {
        ClassificationSummary.PerSourceClass(
            images: members.count,
            recall: Double(members.count { images[$0].answer == truth }) / Double(members.count),
            answers: Dictionary(
                members.map { index in (images[index].answer.map { classes[$0] } ?? "none", 1) },
                uniquingKeysWith: +))
    }
}
