import ArgumentParser
import Diagnosis
import Foundation
import Imaging
import Learning

/// `hilum evaluate input`.
struct EvaluateInputCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "input",
        abstract: "What the bundle's input check says of images, and of the same ones changed.",
        discussion: """
            Shares of images that end in review with the check's reasons: as they are (by class), inverted, turned, \
            mirrored, two in one, a quarter, and drawings. Other reasons for review are not counted here.
            """)

    @OptionGroup var options: EvaluateOptions

    @Flag(help: "Only as they are.")
    var asTheyAre = false

    func run() async throws {
        let bundle = try options.loadBundle()
        guard let check = try bundle.makeInputCheck(threads: options.threads),
            let rule = bundle.configuration.inputCheck?.rule
        else { throw LearningError.setting("\(bundle.folder.path) has no input_check; name another --bundle") }
        let rows = try options.rows()
        var examples = InputCheckExamples(input: check.input)
        var last: GreyPlane?
        let progress = ProgressBar("evaluate", total: rows.count)
        for row in rows {
            let grey = try ImageFile.readGrey(row.path)
            let image = AnalysisGrid(
                width: grey.width, height: grey.height, longSide: bundle.configuration.analysis.longSide
            ).analysisImage(of: grey)
            examples.add(image, as: .upright, named: "as it is: \(row.name)")
            if !asTheyAre { examples.addChanges(of: image, second: last ?? image) }
            last = image
            progress.advance()
        }
        progress.finish()
        if !asTheyAre { examples.addDrawings(Self.drawings) }
        let logits = try check.logits(of: examples.examples.map(\.square))
        let summary = InputCheckSummary(examples.examples, logits: logits, rule: rule)
        if options.json { return try JSONLine.print(summary) }
        print(InputCheckText(summary).text)
    }

    /// Of each kind.
    private static let drawings = 200
}
