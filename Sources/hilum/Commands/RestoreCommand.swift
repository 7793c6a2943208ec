import ArgumentParser
import Foundation
import Gateway
import GatewayStore

/// `hilum restore`: puts a backup in the store's place.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the store's place. The node must be stopped.",
        discussion: "Every file of the backup is compared with its manifest before anything is changed.")

    @OptionGroup var source: ConfigurationSource
    @Argument(help: "Folder of the backup.", completion: .directory)
    var backup: String
    @Flag(help: "Take the place of a store that is there; it is kept aside, inside the same folder.")
    var replace = false
    @Flag(help: "Copy every file, so that the store does not share its bytes with the backup.")
    var copy = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let folder = URL(filePath: try source.load().storage.folder)
        var progress = FileProgress("restore")
        let report: RestoreReport
        do {
            defer { progress.finish() }
            report = try Store.restore(
                folder, from: URL(filePath: backup), replaces: replace, mayLink: !copy
            ) { progress.show($0, $1) }
        }
        if json { return try JSONLine.print(report) }
        print(
            "\(report.folder): \(report.studies) studies, \(report.files) files, \(ByteText(report.bytes)), as of "
                + report.madeAt.formatted(.iso8601))
        if let former = report.formerStore {
            print("the store that was there lies at \(former); remove it when it is not needed any more")
        }
        print("start the node (hilum serve): it goes on with what was open then")
    }
}
