/// How well images were classified (method §6): what `hilum evaluate classes --json` prints.
///
/// An image counts by the top class of its mean logits, whatever the rules of *review* say; what would be a review is
/// counted apart. An image for which the network did not run (no lungs) has no class: it is wrong, and in no column of
/// the confusion matrix.
public struct ClassificationSummary: Codable, Hashable, Sendable {
    /// One class against the rest.
    public struct PerClass: Codable, Hashable, Sendable {
        public var images: Int
        public var precision: Double
        public var recall: Double
        public var f1: Double
        public var auc: Double?
    }

    /// The images of one source.
    public struct PerSource: Codable, Hashable, Sendable {
        public var images: Int
        public var accuracy: Double
        public var accuracyInterval: Interval?
        /// Nil where the source has one class: its name gives the class away.
        public var macroRecall: Double?
        public var macroF1: Double?
        public var classes: [String: PerSourceClass]
    }

    /// The images of one class in one source.
    public struct PerSourceClass: Codable, Hashable, Sendable {
        public var images: Int
        public var recall: Double
        /// What they were taken for, by class.
        public var answers: [String: Int]
    }

    public var images: Int
    public var classes: [String]
    public var accuracy: Double?
    /// Of always naming the most frequent class.
    public var largestClass: Double?
    public var macroPrecision: Double?
    public var macroRecall: Double?
    public var macroF1: Double?
    public var ece: Double?
    /// One class against the rest, by calibrated probability.
    public var auc: [String: Double]
    public var macroAUC: Double?
    public var perClass: [String: PerClass]
    /// Rows are the truth, in the order of `classes`.
    public var confusion: [[Int]]
    /// Images for which the network did not run.
    public var withoutClass: Int
    public var perSource: [String: PerSource]
    public var review: ReviewSummary
    /// Of 95 %: `accuracy`, `recall.covid19`, `precision.covid19` by Wilson; the others by bootstrap over groups.
    public var intervals: [String: Interval]
    public var reliability: Reliability
    /// Accuracy when only the classes that texture leaves can be the answer, by profile.
    public var accuracyNarrowed: [String: Double]
    public var temperature: TemperatureSummary?
    /// Diseases and images that the bundle has no class for.
    public var others: [String: OtherSummary]

    /// - Parameters:
    ///   - results: of images of the classes and of others.
    ///   - classes: in the order of the logits.
    ///   - normal: the class that is not abnormal.
    ///   - resamples: of the bootstrap; 0 leaves its intervals out.
    public init(_ results: [ImageResult], classes: [String], normal: String, resamples: Int = 1000) {
        let known = ClassifiedImages(results, classes: classes)
        let matrix = known.matrix(of: known.images.indices)
        self.classes = classes
        images = known.images.count
        accuracy = known.accuracy(of: known.images.indices)
        largestClass = images > 0 ? Double(classes.indices.map(known.support).max() ?? 0) / Double(images) : nil
        let statistics = known.statistics(of: Array(known.images.indices))
        macroPrecision = statistics["macroPrecision"]
        macroRecall = statistics["macroRecall"]
        macroF1 = statistics["macroF1"]
        reliability = Reliability(known.answers(of: known.images.indices))
        ece = reliability.expectedCalibrationError
        auc = [:]
        perClass = [:]
        for (index, name) in classes.enumerated() where known.support(index) > 0 {
            auc[name] = statistics["auc." + name]
            perClass[name] = PerClass(
                images: known.support(index), precision: matrix.precision(index), recall: known.recall(index, matrix),
                f1: known.f1(index, matrix), auc: statistics["auc." + name])
        }
        macroAUC = statistics["macroAUC"]
        confusion = matrix.counts
        withoutClass = known.images.count { $0.answer == nil }
        perSource = known.perSource()
        review = ReviewSummary(known)
        intervals = known.intervals(matrix, resamples: resamples)
        accuracyNarrowed = known.accuracyNarrowed()
        temperature = TemperatureSummary(known)
        others = OtherSummary.summaries(results.filter { !classes.contains($0.name) }, normal: normal)
    }
}
