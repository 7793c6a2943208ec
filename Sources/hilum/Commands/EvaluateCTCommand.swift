import ArgumentParser
import Diagnosis
import Foundation
import Learning

/// `hilum evaluate ct`.
struct EvaluateCTCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ct",
        abstract: "Accuracy, confusion, calibration and intervals of the classes of CT slices.",
        discussion: """
            Slices are pictures in the lung window. Every slice goes through the whole pipeline and counts by its most \
            probable class, whatever the rules of review say; reviews are counted apart. The classes covid and noncovid \
            count as covid19 and non_covid.
            """)

    @OptionGroup var options: EvaluateOptions

    func run() async throws {
        let rows = try options.rows()
        let bundle = try options.loadBundle()
        guard let settings = bundle.configuration.ct.classification else {
            Exit.complain("\(bundle.folder.path) has no classes for CT, name another bundle")
            throw Exit.failed
        }
        try ClassEvaluation(
            options: options,
            run: EvaluationRun(pipeline: try Pipeline(bundle: bundle, threads: options.threads), kind: .ct),
            classes: settings.classes, normal: settings.normal, label: "ct", remark: ""
        ).run(rows)
    }
}
