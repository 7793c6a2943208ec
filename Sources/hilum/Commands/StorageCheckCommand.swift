import ArgumentParser
import Foundation
import Gateway
import GatewayAnalysis
import GatewayStore

/// `hilum storage check`: whether database and files agree, and what to do where they don't.
struct StorageCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Compare database and files; with --repair make them agree.",
        discussion: """
            Without --repair nothing is changed and the node may run. A database that is gone or can't be read is made anew \
            from the files: results keep their UIDs, and go to their destinations again.
            """)

    @OptionGroup var source: ConfigurationSource
    @Flag(help: "Mend what can be. The node must be stopped.")
    var repair = false
    @Flag(help: "Read every file and compare its bytes with what came.")
    var deep = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() async throws {
        let configuration = try source.load()
        let folder = URL(filePath: configuration.storage.folder)
        var progress = FileProgress("check")
        let report: StorageCheckReport
        do {
            defer { progress.finish() }
            if repair {
                let destinations = configuration.routes(transcoder: nil).map(\.record)
                report = try Store.repair(
                    folder, isDeep: deep, destinations: destinations, progress: { progress.show($0, $1) },
                    read: KeptResultReader.read)
            } else {
                report = try Store.check(folder, isDeep: deep) { progress.show($0, $1) }
            }
        }
        if json { try JSONLine.print(report) } else { say(report) }
        if !report.isGood { throw Exit.failed }
    }

    private func say(_ report: StorageCheckReport) {
        for problem in report.problems {
            print(
                "\(problem.isRepaired ? "mended " : "problem") \(problem.kind.rawValue) \(problem.place): \(problem.says)"
            )
        }
        if let rebuilt = report.rebuilt {
            print("the database was made anew: \(rebuilt)")
            if let former = rebuilt.formerDatabase { print("the former database lies at \(former)") }
        }
        if let reconciled = report.reconciled { print("reconciled: \(reconciled)") }
        let bytes = report.isDeep ? ", every byte compared" : ""
        print(
            report.problems.isEmpty
                ? "\(report.folder): good, \(report.files) files, \(ByteText(report.bytes))\(bytes)"
                : "\(report.folder): \(report.problems.count) problems, \(report.problems.count(where: \.isRepaired)) mended"
        )
    }
}
