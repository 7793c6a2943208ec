public import ArgumentParser
import Diagnosis
import Foundation
public import Learning

/// `hilum evaluate classes`.
struct EvaluateClassesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classes",
        abstract: "Accuracy, confusion, calibration and intervals of the classes of radiographs.",
        discussion: """
            Every image goes through the whole pipeline. It counts by its most probable class, whatever the rules of \
            review say; reviews are counted apart. bacterial_pneumonia counts as lung_opacity.
            """)

    @OptionGroup var options: EvaluateOptions

    @Option(help: "paper: the sources of the paper's database, one for each class.")
    var composition: ImageChoice.Composition?

    @Option(help: "Show the classifier blank-lungs, outline, rim or border instead of the image.")
    var shortcut: ShortcutTest?

    @Option(help: "Leave out equalization, wiener or patches (one look at the whole box instead).")
    var without: Ablation?

    func run() async throws {
        let rows = try options.rows(composition: composition)
        let loaded = try options.loadBundle()
        let bundle = without?.left(outOf: loaded) ?? loaded
        guard let settings = bundle.configuration.radiograph else {
            Exit.complain("\(bundle.folder.path) has no classes for radiographs, name another bundle")
            throw Exit.failed
        }
        let run = EvaluationRun(
            pipeline: try Pipeline(bundle: bundle, threads: options.threads), shortcut: shortcut)
        let test =
            (shortcut.map { "; shown to the classifier: \($0.rawValue)" } ?? "")
            + (without.map { "; without \($0.rawValue)" } ?? "")
        let part = composition.map { ", composition \($0.rawValue)" } ?? ""
        try ClassEvaluation(
            options: options, run: run, classes: settings.classes, normal: settings.normal,
            label: (["classes", shortcut?.rawValue, without.map { "without-" + $0.rawValue }] as [String?])
                .compactMap(\.self).joined(separator: "-"), without: without, remark: part + test
        ).run(rows)
    }
}

extension Ablation: ExpressibleByArgument {}
extension ImageChoice.Composition: ExpressibleByArgument {}
extension ShortcutTest: ExpressibleByArgument {}
