public import Diagnosis
import Foundation

/// The constants that measurements of labelled images suggest, with the rule by which each was found.
public struct FitReport {
    private let classes: [FindingClass]
    private let normal: FindingClass
    private let measured: [Measured]

    /// What was measured of one labelled image.
    public struct Measured: Sendable {
        let row: LabelledManifest.Row
        var values: ImageMeasurement

        var name: FindingClass { FindingClass(rawValue: row.name) }
    }

    /// - Parameters:
    ///   - classes: as the network puts them out.
    ///   - normal: the one of them whose activation tells what lies in healthy lungs.
    public init(_ measured: [Measured], classes: [FindingClass], normal: FindingClass) {
        self.measured = measured
        self.classes = classes
        self.normal = normal
    }

    /// Images on which plausible lungs were found; on one that the input check refused, nobody looked for any.
    private var plausible: [Measured] {
        measured.filter { $0.values.lungs == nil && !$0.values.texture.isEmpty }
    }

    /// Images whose lungs were plausible, with the network's answer.
    private var usable: [Measured] {
        plausible.filter { $0.values.logits != nil }
    }

    private var examples: [ThresholdFit.Example] {
        usable.compactMap { item in
            classes.firstIndex(of: item.name).map {
                ThresholdFit.Example(logits: item.values.logits ?? [], label: $0)
            }
        }
    }

    public var text: String {
        let temperature = ThresholdFit.temperature(examples)
        let before = ThresholdFit.accuracyAndError(examples, 1)
        let after = ThresholdFit.accuracyAndError(examples, temperature)
        let sums = usable.compactMap { $0.values.logits }.map(Logits.logSumExp)
        let ofNormal = usable.filter { $0.name == normal }.flatMap { $0.values.lungActivation.map(Double.init) }
        let ofAbnormal = usable.filter { $0.name != normal }.flatMap { $0.values.lungActivation.map(Double.init) }
        func value(_ number: Double?) -> String { number.map { String(format: "%.4f", $0) } ?? "-" }
        var lines = [
            "images \(measured.count), lungs plausible \(plausible.count), labelled \(examples.count)",
            "temperature \(value(temperature)) (least negative log-likelihood); accuracy \(value(after.0)), "
                + "calibration error \(value(before.1)) before, \(value(after.1)) after",
            "minimum_logsumexp (quantiles 0.01 0.02 0.05) "
                + [0.01, 0.02, 0.05].map { value(ThresholdFit.quantile($0, of: sums)) }.joined(separator: " "),
            "agreement (quantiles 0.02 0.05 0.1) "
                + [0.02, 0.05, 0.1].map { value(ThresholdFit.quantile($0, of: usable.compactMap(\.values.agreement))) }
                .joined(separator: " "),
            "activation threshold (0.95 of lung pixels of normal images) \(value(ThresholdFit.quantile(0.95, of: ofNormal)))",
            "activation scale (0.99 of lung pixels of abnormal images) \(value(ThresholdFit.quantile(0.99, of: ofAbnormal)))",
        ]
        let quality = plausible.compactMap(\.values.finding.quality)
        lines.append(
            "quality: minimum_entropy (0.005) \(value(ThresholdFit.quantile(0.005, of: quality.compactMap(\.greyLevelEntropy)))), "
                + "maximum_clipped (0.995) \(value(ThresholdFit.quantile(0.995, of: quality.compactMap(\.clippedShare))))"
        )
        let texture = ["haralick.entropy", "haralick.contrast", "haralick.variance"].map { name in
            let values = plausible.compactMap { item in item.values.texture.first { $0.name == name }?.value }
            return "\(name): ["
                + [0.005, 0.995].map { value(ThresholdFit.quantile($0, of: values)) }.joined(separator: ", ")
                + "]"
        }
        lines.append("texture of all images (quantiles 0.005 0.995) " + texture.joined(separator: ", "))
        lines += domains
        return lines.joined(separator: "\n")
    }

    /// Percentiles 2.5 to 97.5 of every mean feature per class, as texture-profiles.yaml has them.
    private var domains: [String] {
        Set(measured.map(\.name)).sorted { $0.rawValue < $1.rawValue }.flatMap { name -> [String] in
            let some = plausible.filter { $0.name == name }.map { item in
                Dictionary(item.values.texture.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
            }
            let names = plausible.first?.values.texture.map(\.name).filter { !$0.hasSuffix(".range") } ?? []
            guard some.count >= 20 else { return [] }
            return ["      \(name.rawValue):"]
                + names.map { feature in
                    let values = some.compactMap { $0[feature] }
                    let ends = [0.025, 0.975].map { ThresholdFit.quantile($0, of: values) ?? 0 }
                    return
                        "        \(feature): [\(String(format: "%.6g", ends[0])), \(String(format: "%.6g", ends[1]))]"
                }
        }
    }

    /// The names of the columns, then a line for each image.
    public var table: [[String]] {
        let features = measured.first { !$0.values.texture.isEmpty }?.values.texture.map(\.name) ?? []
        let header =
            ["path", "class", "source", "lungs", "agreement"] + classes.map(\.rawValue) + ["activation95"] + features
        let rows = measured.map { item -> [String] in
            let values = item.values
            let activation = ThresholdFit.quantile(0.95, of: values.lungActivation.map(Double.init))
            return [item.row.path, item.row.name, item.row.source, values.lungs?.rawValue ?? ""]
                + [values.agreement.map { "\($0)" } ?? ""]
                + (values.logits ?? []).map { "\($0)" }
                + Array(repeating: "", count: values.logits == nil ? classes.count : 0)
                + [activation.map { "\($0)" } ?? ""]
                + (values.texture.isEmpty ? features.map { _ in "" } : values.texture.map { "\($0.value)" })
        }
        return [header] + rows
    }
}

extension EvaluationRun {
    /// - Throws: `ImagingError` for a file that cannot be read.
    public func fitted(_ row: LabelledManifest.Row) throws -> FitReport.Measured {
        FitReport.Measured(row: row, values: try measurement(of: row))
    }
}
