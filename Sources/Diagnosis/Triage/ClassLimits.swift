/// The classes of one kind of image and what a class has to reach: below it the outcome is *review* (method §7).
struct ClassLimits: Equatable {
    /// In the order of the logits.
    var classes: [FindingClass]
    /// The one that is not abnormal.
    var normal: FindingClass
    var temperature: Double
    var minimumProbability: Double
    var minimumAgreement: Double
    /// Of the mean logits, before the temperature.
    var minimumLogSumExp: Double

    var normalIndex: Int { classes.firstIndex(of: normal) ?? 0 }

    /// The abnormal class with the largest value.
    func topAbnormal(_ values: [Double]) -> Int {
        let abnormal = classes.indices.filter { classes[$0] != normal }
        return abnormal[Logits.top(abnormal.map { values[$0] })]
    }

    /// Calibrated probabilities of an image.
    func probabilities(_ logits: [Double]) -> [Double] { Logits.softmax(logits, temperature: temperature) }

    /// Of a series: of each abnormal class the mean over the quarter of the slices in which it is most probable, so that
    /// a disease of some slices is not thinned by the others; the rest is the normal class's (method §8).
    /// - Parameter logits: of each slice, at least one.
    func probabilities(ofSeries logits: [[Double]]) -> [Double] {
        let slices = logits.map(probabilities)
        let quarter = (slices.count + 3) / 4
        var values = classes.indices.map { name in
            name == normalIndex
                ? 0 : slices.map { $0[name] }.sorted(by: >).prefix(quarter).reduce(0, +) / Double(quarter)
        }
        let abnormal = values.reduce(0, +)
        if abnormal > 1 { values = values.map { $0 / abnormal } }
        values[normalIndex] = max(0, 1 - abnormal)
        return values
    }
}

extension ClassificationSettings {
    var limits: ClassLimits {
        ClassLimits(
            classes: classes, normal: normal, temperature: temperature, minimumProbability: minimumProbability,
            minimumAgreement: minimumAgreement, minimumLogSumExp: minimumLogSumExp)
    }
}

extension SliceClassificationSettings {
    /// Slices need not agree: a disease may lie in few of them.
    var limits: ClassLimits {
        ClassLimits(
            classes: classes, normal: normal, temperature: temperature, minimumProbability: minimumProbability,
            minimumAgreement: 0, minimumLogSumExp: minimumLogSumExp)
    }
}
