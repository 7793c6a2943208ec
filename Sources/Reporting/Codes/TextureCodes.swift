import DICOM

/// Codes of the texture features (method §4). IBSI's are used where its definition is ours; where ours differs (IBSI
/// takes logarithms to base 2, the paper prints other formulas) the code is of our own scheme.
enum TextureCodes {
    /// The feature's code, and whether the number is its range over the directions instead of its mean.
    static func feature(_ name: String) -> (code: CodedEntry, isRange: Bool) {
        let suffix = ".range"
        guard name.hasSuffix(suffix) else { return (code(name), false) }
        return (code(String(name.dropLast(suffix.count))), true)
    }

    private static func code(_ name: String) -> CodedEntry {
        table[name] ?? Codes.Hilum.code("TX_OTHER", String(name.prefix(64)))
    }

    private static func ibsi(_ value: String, _ meaning: String) -> CodedEntry { CodedEntry(value, "IBSI", meaning) }

    private static let table: [String: CodedEntry] = [
        "haralick.angularSecondMoment": ibsi("8ZQL", "Angular Second Moment of GLCM"),
        "haralick.contrast": ibsi("ACUI", "Contrast of GLCM"),
        "haralick.correlation": ibsi("NI2N", "Correlation of GLCM"),
        "haralick.variance": ibsi("UR99", "Joint Variance of GLCM"),
        "haralick.inverseDifferenceMoment": ibsi("WF0Z", "Inverse Difference Moment of GLCM"),
        "haralick.sumAverage": ibsi("ZGXS", "Sum Average of GLCM"),
        "haralick.sumVariance": ibsi("OEEB", "Sum Variance of GLCM"),
        "haralick.sumEntropy": Codes.Hilum.code("TX_SUM_ENTROPY", "Sum entropy of GLCM, natural logarithm"),
        "haralick.entropy": Codes.Hilum.code("TX_ENTROPY", "Entropy of GLCM, natural logarithm"),
        // IBSI's D3YU is the variance of the difference; Haralick's, and mahotas', that of its probabilities.
        "haralick.differenceVariance": Codes.Hilum.code(
            "TX_DIFF_VARIANCE", "Variance of the probabilities of GLCM differences"),
        "haralick.differenceEntropy": Codes.Hilum.code(
            "TX_DIFF_ENTROPY", "Difference entropy of GLCM, natural logarithm"),
        "haralick.informationMeasure1": ibsi("R8DG", "First Measure of Information Correlation of GLCM"),
        "haralick.informationMeasure2": Codes.Hilum.code(
            "TX_INFORMATION_2", "Second information measure of GLCM, natural logarithm"),
        "matlab.homogeneity": ibsi("IB1Z", "Inverse Difference of GLCM"),
        "paper.C": Codes.Hilum.code("TX_PAPER_C", "C as Lascu 2021 prints it"),
        "paper.LC": Codes.Hilum.code("TX_PAPER_LC", "LC as Lascu 2021 prints it"),
        "paper.H": Codes.Hilum.code("TX_PAPER_H", "H as Lascu 2021 prints it"),
        "paper.E": Codes.Hilum.code("TX_PAPER_E", "E as Lascu 2021 prints it"),
        "paper.Corr": Codes.Hilum.code("TX_PAPER_CORR", "Corr as Lascu 2021 prints it"),
        "paper.M": Codes.Hilum.code("TX_PAPER_M", "M as Lascu 2021 prints it"),
        "paper.SE": Codes.Hilum.code("TX_PAPER_SE", "SE as Lascu 2021 prints it"),
        "paper.V": Codes.Hilum.code("TX_PAPER_V", "V as Lascu 2021 prints it"),
        "paper.SV": Codes.Hilum.code("TX_PAPER_SV", "SV as Lascu 2021 prints it"),
    ]
}
