import ArgumentParser
import Foundation
import Learning

/// `hilum evaluate left-out`.
struct EvaluateLeftOutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "left-out",
        abstract: "Train without a source and judge by its images, source by source.",
        discussion: """
            For each --leave a short training from --init (stages \(Trials.stages) without other options) learns from the \
            training images of all other sources, and is judged by all images of the sources named, of both splits, and \
            by the other sources' images to validate with. What is lost from these to those had been learned of the \
            sources.
            """)

    @Option(help: "Sources that are left out together, with commas; can be given several times.")
    var leave: [String]

    @OptionGroup var training: ClassificationTraining

    @Option(help: "Write a page to read and to print into this folder.")
    var report: String?

    func validate() throws {
        guard !leave.isEmpty, leave.allSatisfy({ $0.contains { $0 != "," } }) else {
            throw ValidationError("give --leave SOURCE[,SOURCE], once for each training")
        }
        try Trials.validate(training.options)
    }

    func run() throws {
        guard let (_, images) = try training.prepare(isAside: true) else { return }
        let trials = Trials(training: training, images: images)
        // All before the first: a name that is none is told before hours are spent.
        let parts = try leave.map { words in
            let sources = words.split(separator: ",").map(String.init)
            return (sources, try images.rows.leavingOut(Set(sources)))
        }
        var results: [TrialResult] = []
        for (sources, rows) in parts {
            let name = sources.joined(separator: "+")
            guard let result = try trials.result(name, rows, leftOut: Set(sources)) else { return }
            results.append(result)
        }
        try Trials.show(.leftOut(results), report: report, json: training.options.json)
    }
}
