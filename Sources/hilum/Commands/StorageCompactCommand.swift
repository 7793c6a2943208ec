import ArgumentParser
import Foundation
import Gateway
import GatewayStore

struct StorageCompactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Rewrite a database that an earlier version made, so that it gives back the space of what goes.",
        discussion: "Stop the gateway first. It takes as much room again as the database has, and some seconds a GiB.")

    @OptionGroup var source: ConfigurationSource

    func run() throws {
        let folder = URL(filePath: try source.load().storage.folder)
        // Whoever names a folder wrongly shall not find a store there afterwards.
        try Store(folder: folder, role: .guest).close()
        let store = try Store(folder: folder, role: .gateway)
        let before = try store.spaceUse().database
        try store.compact()
        print("compacted: \(ByteText(before)) before, \(ByteText(try store.spaceUse().database)) now")
        try store.close()
    }
}
