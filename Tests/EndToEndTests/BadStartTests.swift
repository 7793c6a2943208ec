import Foundation
import HilumTesting
import Testing

/// Moments of docs/TROUBLESHOOTING.md at which `hilum serve` can't start.
@Suite("A start that can't be ends in a sentence", .serialized, .timeLimit(.minutes(5)))
struct BadStartTests {
    enum Moment: String, CaseIterable {
        case portTaken, portOfOthers, readOnly, fullDisk, databaseDamaged, databaseMissing, databaseNewer,
            databaseLocked
        case secondGateway, bundleGone, bundleDamaged, configurationOfOthers

        /// A container may be without the right to mount, and may let everybody have every port.
        var isPossible: Bool {
            switch self {
            case .readOnly, .fullDisk:
                return (try? Tool("unshare")?.run(["-m", "sh", "-c", "mount --bind /tmp /tmp"]).status) == 0
            case .portOfOthers:
                let first = try? String(
                    contentsOfFile: "/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding: .utf8)
                return geteuid() == 0 && first?.hasPrefix("1024") == true
            case .configurationOfOthers: return geteuid() == 0
            case .databaseLocked, .databaseNewer: return Tool.python != nil
            default: return true
            }
        }
    }

    private static let nobody = ["--reuid", "65534", "--regid", "65534", "--clear-groups"]

    @Test("What went wrong, where, and what to do")
    func starts() async throws {
        try await Node.running(quiet: 600, more: "analysis: {workers: 0}") { node in
            let study = Sample.newUID()
            let image = try Sample.copy(of: Sample.radiograph(), to: node.folder, study: study)
            let sent = try #require(Tool("storescu")).run(["-aec", "HILUM", "127.0.0.1", "\(node.port)", image.path])
            #expect(sent.status == 0, "\(sent.all)")
            node.peer.stop()
            // The last commits are in the log; a command that may write takes it away.
            _ = try Node.program.run(["queue", "force", study, "--storage", node.folder.path + "/data"])
            for moment in Moment.allCases where moment.isPossible {
                try await Workplace.inTemporaryFolder { folder in
                    let data = folder.appending(path: "data")
                    try FileManager.default.copyItem(at: node.folder.appending(path: "data"), to: data)
                    let output = try start(moment, in: folder, data)
                    #expect(output.status == 1, "\(moment): \(output.all)")
                    #expect(
                        try Troubleshooting.names(output.standardError, for: "BadStartTests.\(moment)"),
                        "\(moment): \(output.all)")
                    let last = output.standardError.split(separator: "\n").last.map(String.init) ?? ""
                    #expect(last.hasPrefix("hilum: ") && !last.contains("Error Domain"), "\(moment): \(last)")
                }
            }
            if Moment.fullDisk.isPossible { try backUpToAFullDisk(node) }
            if geteuid() == 0 { try backUpAsNobody(node) }
        }
    }

    private func backUpToAFullDisk(_ node: Node) throws {
        try Workplace.withTemporaryFolder { place in
            let output = try #require(Tool("unshare")).run([
                "-m", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs \"$0\" && { \"$@\"; s=$?; ls \"$0\"; exit $s; }",
                place.path, Node.program.path, "backup", place.path, "--storage", node.folder.path + "/data",
            ])
            #expect(output.status == 1 && output.standardError.contains("make room"), "\(output.all)")
            #expect(try Troubleshooting.names(output.standardError, for: "BadStartTests.backUpToAFullDisk"))
            #expect(output.standardOutput.contains("INCOMPLETE"), "\(output.all)")
        }
    }

    private func backUpAsNobody(_ node: Node) throws {
        try Workplace.withTemporaryFolder { place in
            _ = try #require(Tool("chmod")).run(["-R", "a+rX", node.folder.path])
            let output = try #require(Tool("setpriv")).run(
                Self.nobody + [
                    Node.program.path, "backup", place.path + "/new", "--storage", node.folder.path + "/data",
                ])
            #expect(output.status == 1 && output.standardError.contains("let this user"), "\(output.all)")
            #expect(try Troubleshooting.names(output.standardError, for: "BadStartTests.backUpAsNobody"))
        }
    }

    private func start(_ moment: Moment, in folder: URL, _ data: URL) throws -> Tool.Output {
        var port = try Peer.freePort()
        var analysis = "{workers: 0}"
        if moment == .portOfOthers { port = 104 }
        if moment == .bundleDamaged { analysis = "{workers: 0, bundle: \(try damagedBundle(in: folder).path)}" }
        let file = folder.appending(path: "hilum.yaml")
        let yaml = "node: {host: 127.0.0.1, port: \(port)}\nstorage: {folder: \(data.path)}\nanalysis: \(analysis)\n"
        try Data(yaml.utf8).write(to: file)
        return try run(moment, ["60", Node.program.path, "serve", "--config", file.path], folder, data, port)
    }

    /// - Parameter serve: of `timeout`.
    private func run(
        _ moment: Moment, _ serve: [String], _ folder: URL, _ data: URL, _ port: Int
    ) throws -> Tool.Output {
        let timeout = try #require(Tool("timeout"))
        let database = data.appending(path: "hilum.sqlite")
        func python(_ script: String) throws -> Tool.Output {
            try #require(Tool.python).run(["-c", script, database.path, timeout.path] + serve)
        }
        func mounted(_ script: String) throws -> Tool.Output {
            try #require(Tool("unshare")).run(
                ["-m", "sh", "-c", script + " && exec \"$@\"", data.path, timeout.path] + serve)
        }
        switch moment {
        case .portTaken:
            return try python(
                "import socket,subprocess,sys; s=socket.socket(); s.bind(('127.0.0.1',\(port))); s.listen(); "
                    + "sys.exit(subprocess.run(sys.argv[2:]).returncode)")
        case .portOfOthers, .configurationOfOthers:
            _ = try #require(Tool("chmod")).run(["-R", "a+rwX", folder.path])
            if moment == .configurationOfOthers {
                _ = try #require(Tool("chmod")).run(["600", folder.path + "/hilum.yaml"])
            }
            return try #require(Tool("setpriv")).run(Self.nobody + ["--bounding-set=-all", timeout.path] + serve)
        case .readOnly: return try mounted("mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\"")
        case .fullDisk:
            return try mounted(
                "mount -t tmpfs -o size=1m tmpfs \"$0\" && { head -c 2M /dev/zero > \"$0/ballast\" 2> /dev/null; true; }"
            )
        case .databaseDamaged: try Data(repeating: 0x5A, count: 65_536).write(to: database)
        case .databaseMissing: try FileManager.default.removeItem(at: database)
        case .databaseNewer:
            return try python(
                "import sqlite3,subprocess,sys; c=sqlite3.connect(sys.argv[1]); "
                    + "c.execute(\"INSERT INTO grdb_migrations VALUES ('v99')\"); c.commit(); c.close(); "
                    + "sys.exit(subprocess.run(sys.argv[2:]).returncode)")
        case .databaseLocked:
            return try python(
                "import sqlite3,subprocess,sys; c=sqlite3.connect(sys.argv[1],isolation_level=None); "
                    + "c.execute('BEGIN EXCLUSIVE'); sys.exit(subprocess.run(sys.argv[2:]).returncode)")
        case .secondGateway:
            return try #require(Tool("flock")).run([data.path + "/gateway.lock", timeout.path] + serve)
        case .bundleGone: return try timeout.run(serve, environment: ["HILUM_BUNDLE": "/nowhere"])
        case .bundleDamaged: break
        }
        return try timeout.run(serve)
    }

    /// Half of one network's weights.
    private func damagedBundle(in folder: URL) throws -> URL {
        let whole = Workplace.root.appending(path: "Models/default")
        let bundle = folder.appending(path: "bundle")
        try FileManager.default.createDirectory(at: bundle, withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: whole.path) {
            try FileManager.default.copyItem(at: whole.appending(path: name), to: bundle.appending(path: name))
        }
        let weights = try FileHandle(forUpdating: bundle.appending(path: "resnet101.safetensors"))
        try weights.truncate(atOffset: try weights.seekToEnd() / 2)
        try weights.close()
        return bundle
    }
}
