import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import HilumTesting
import Logging
import Testing
import Workflow

@testable import Gateway

/// Moments of docs/TROUBLESHOOTING.md that need no whole process.
struct BadMomentsTests {
    @Test(
        "A full disk while objects come is 0xA700 to the modality and a line in the log",
        .enabled(if: Tool("storescu") != nil))
    func fullWhileReceiving() async throws {
        try await withNode { node async throws in
            var configuration = GatewayConfiguration()
            configuration.node.host = "127.0.0.1"
            configuration.node.port = 0
            configuration.storage.lowWatermark = 1 << 60
            let log = LogDouble()
            let logger = Logger(label: "test") { _ in log }
            let listener = AssociationListener(
                configuration: configuration.ports[0],
                provider: SpoolReceiverProvider(
                    reception: Reception(store: node.store, settings: configuration.reception), logger: logger),
                logger: logger)
            let port = try await listener.bind()
            let file = node.folder.appending(path: "a.dcm")
            try Data(Node.part10("1.2.3.1")).write(to: file)
            let output = try #require(Tool("storescu")).run(["-v", "-aec", "HILUM", "127.0.0.1", "\(port)", file.path])
            #expect(output.all.contains("OutOfResources"), "\(output.all)")
            let line = log.all.first { $0.hasPrefix("error: object refused") }
            #expect(line?.contains("make room") == true && line?.contains(node.store.folder.path) == true, "\(log.all)")
            #expect(try Troubleshooting.names(line ?? "", for: "BadMomentsTests.fullWhileReceiving"))
            await listener.close(grace: .seconds(1))
        }
    }

    @Test(
        "A worker whose program is gone, or may not be run, says which program and what to do",
        arguments: [true, false])
    func workerCannotStart(isThere: Bool) throws {
        try Workplace.withTemporaryFolder { folder in
            let program = folder.appending(path: "hilum")
            if isThere {
                try Data("#!/bin/sh\n".utf8).write(to: program)
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: program.path)
            }
            let error = #expect(throws: GatewayError.self) {
                try ProcessLauncher(executable: program) { _ in [] }.launch(name: "w") { _ in }
            }
            let text = "\(error.map { "\($0)" } ?? "")"
            #expect(text.contains(program.path) && text.contains("install Hilum again"), "\(text)")
            #expect(try Troubleshooting.names(text, for: "BadMomentsTests.workerCannotStart"), "\(text)")
        }
    }

    @Test("Whose configuration can't be read is told whether it is not there, not his, or no text")
    func unreadableConfiguration() throws {
        try Workplace.withTemporaryFolder { folder in
            func words(_ name: String) -> String {
                do {
                    _ = try GatewayConfiguration(file: folder.appending(path: name).path)
                    return ""
                } catch {
                    return "\(error)"
                }
            }
            #expect(words("none.yaml").contains("name a file that is there"))
            #expect(try Troubleshooting.names(words("none.yaml"), for: "BadMomentsTests.unreadableConfiguration"))
            try Data([0xFF, 0xFE, 0x80]).write(to: folder.appending(path: "binary.yaml"))
            #expect(words("binary.yaml").contains("name a text file in UTF-8"))
            #expect(words("binary.yaml").contains(folder.path))
        }
    }
}
