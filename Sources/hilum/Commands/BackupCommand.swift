import ArgumentParser
import Foundation
import GatewayStore

/// `hilum backup`: copies the store while the node runs.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy database and files to a folder. The node may run.",
        discussion: """
            The folder is empty or holds an earlier backup, of which what is right already stays. Files lie under a second \
            name where both folders are on one file system, and are copied otherwise. Until all is there the folder \
            holds a file INCOMPLETE.
            """)

    @OptionGroup var source: ConfigurationSource
    @Argument(help: "Folder of the backup, outside the store's.", completion: .directory)
    var destination: String
    @Flag(help: "Copy every file, so that the backup does not share its bytes with the store.")
    var copy = false
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let store = try QueueCommand.look(source)
        var progress = FileProgress("backup")
        let report: BackupReport
        do {
            defer { progress.finish() }
            report = try store.backUp(
                to: URL(filePath: destination), mayLink: !copy, software: hilumVersion
            ) { progress.show($0, $1) }
        }
        if json { try JSONLine.print(report) } else { say(report) }
        if !report.missing.isEmpty || !report.damaged.isEmpty { throw Exit.partlyDone }
    }

    private func say(_ report: BackupReport) {
        print(
            "\(report.folder): \(report.studies) studies, \(report.files) files, \(ByteText(report.bytes)): "
                + "\(report.kept) were there, \(report.linked) linked, \(report.copied) copied, "
                + "\(report.removed) of before removed")
        for path in report.missing { Exit.complain("\(path) is missing in the store; hilum storage check says more") }
        for path in report.damaged {
            Exit.complain("\(path) has other bytes than came, and is kept so; hilum storage check --deep says more")
        }
    }
}
