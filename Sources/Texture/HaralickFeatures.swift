internal import Foundation

/// The features of one co-occurrence matrix (method §4). Levels count from 1 to N_g, logarithms are natural.
///
/// The thirteen of Haralick et al. 1973 with sum variance centred on the sum average (their print centres it on the
/// sum entropy), and difference variance as the variance of the N_g values of P_{x−y}, which is their wording's and
/// mahotas' sense. Then those of Lascu 2021 where its print differs, under `paper.`, and MATLAB's homogeneity.
public struct HaralickFeatures: Hashable, Sendable {
    /// One for each of ``names``, in their order.
    public let features: [NamedFeature]

    /// Every name, in the order in which they are reported.
    public static let names: [String] = HaralickFeatures(uniform: 2).features.map(\.name)

    /// A feature by its name; nil for a name that is not among ``names``.
    public subscript(name: String) -> Double? {
        features.first { $0.name == name }?.value
    }

    /// Nil for a matrix without pairs.
    public init?(_ matrix: CooccurrenceMatrix) {
        guard matrix.total > 0 else { return nil }
        self.init(MatrixSums(probabilities: matrix.probabilities, levels: matrix.levels))
    }

    private init(uniform levels: Int) {
        let share = 1 / Double(levels * levels)
        self.init(MatrixSums(probabilities: Array(repeating: share, count: levels * levels), levels: levels))
    }

    private init(_ sums: MatrixSums) {
        let values: [(String, Double)] = [
            ("haralick.angularSecondMoment", sums.energy),
            ("haralick.contrast", sums.contrast),
            ("haralick.correlation", sums.correlation),
            ("haralick.variance", sums.variance),
            ("haralick.inverseDifferenceMoment", sums.inverseDifferenceMoment),
            ("haralick.sumAverage", sums.sumAverage),
            ("haralick.sumVariance", sums.sumVariance),
            ("haralick.sumEntropy", sums.sumEntropy),
            ("haralick.entropy", sums.entropy),
            ("haralick.differenceVariance", sums.differenceVariance),
            ("haralick.differenceEntropy", sums.differenceEntropy),
            ("haralick.informationMeasure1", sums.informationMeasure1),
            ("haralick.informationMeasure2", sums.informationMeasure2),
            ("paper.C", sums.contrast),
            ("paper.LC", sums.inverseDifferenceMoment),
            ("paper.H", sums.inverseDifferenceMoment),
            ("paper.E", sums.entropy),
            ("paper.Corr", sums.correlation),
            ("paper.M", sums.differenceAverage),
            ("paper.SE", sums.differenceEntropy),
            ("paper.V", sums.variance),
            ("paper.SV", sums.paperSumVariance),
            ("matlab.homogeneity", sums.matlabHomogeneity),
        ]
        features = values.map { NamedFeature(name: $0.0, value: $0.1) }
    }
}
