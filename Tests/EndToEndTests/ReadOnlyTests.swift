import Foundation
import HilumTesting
import Testing

/// `hilum queue` for somebody who may read a store and nothing else.
@Suite("Looking without the right to write", .serialized, .timeLimit(.minutes(5)), .enabled(if: geteuid() == 0))
struct ReadOnlyTests {
    /// What keeps the operator from writing. Permissions don't keep root, who runs these tests.
    enum Obstacle: CaseIterable {
        /// Another user's files.
        case user
        /// A file system that is mounted read-only.
        case mount

        /// A container may be without the right to mount.
        var isPossible: Bool {
            let probe: [String]
            switch self {
            case .user: probe = ["setpriv"] + Self.nobody + ["true"]
            case .mount: probe = ["unshare", "-m", "sh", "-c", "mount --bind /tmp /tmp"]
            }
            return (try? Tool(probe[0])?.run(Array(probe.dropFirst())).status) == 0
        }

        private static let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]

        func run(_ arguments: [String], on folder: URL) throws -> Tool.Output {
            switch self {
            case .user:
                // As an operator who lets others look would.
                _ = try #require(Tool("chmod")).run(["-R", "a+rX", folder.path])
                return try #require(Tool("setpriv")).run(Self.nobody + [Node.program.path] + arguments)
            case .mount:
                let script = """
                    mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"
                    """
                return try #require(Tool("unshare")).run(
                    ["-m", "sh", "-c", script, folder.path, Node.program.path] + arguments)
            }
        }
    }

    @Test(
        "The queue is shown beside a gateway, after it was killed, and after all was closed; a change says what it needs",
        arguments: Obstacle.allCases.filter(\.isPossible))
    func queue(obstacle: Obstacle) async throws {
        try await Node.running(quiet: 600, more: "analysis: {workers: 0}") { node in
            let study = Sample.newUID()
            let data = node.folder.appending(path: "data")
            let file = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            let sent = try #require(Tool("storescu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)", file.path])
            #expect(sent.status == 0, "\(sent.all)")
            func look() throws {
                for command in [["list"], ["show", study]] {
                    let output = try obstacle.run(["queue"] + command + ["--storage", data.path], on: data)
                    #expect(output.status == 0 && output.standardOutput.contains(study), "\(output.all)")
                }
            }
            try look()
            let change = try obstacle.run(["queue", "force", study, "--storage", data.path], on: data)
            #expect(change.status == 1)
            #expect(change.standardError.contains("may not be written"), "\(change.all)")
            #expect(change.standardError.contains("run it as the user of `hilum serve`"), "\(change.all)")

            node.peer.stop()
            try look()
            // Without the file in which readers and writers meet, the log alone can't be read, and a part is no answer.
            let copy = node.folder.appending(path: "copy")
            try FileManager.default.createDirectory(at: copy, withIntermediateDirectories: true)
            for name in ["hilum.sqlite", "hilum.sqlite-wal"] {
                try FileManager.default.copyItem(at: data.appending(path: name), to: copy.appending(path: name))
            }
            let torn = try obstacle.run(["queue", "list", "--storage", copy.path], on: copy)
            #expect(torn.status == 1, "\(torn.all)")
            #expect(torn.standardError.contains("can't be read together with its write-ahead log"), "\(torn.all)")

            // A command that may write is the last to close it, and takes the log away.
            #expect(try Node.program.run(["queue", "force", study, "--storage", data.path]).status == 0)
            #expect(!FileManager.default.fileExists(atPath: data.appending(path: "hilum.sqlite-wal").path))
            try look()
        }
    }
}
