import Foundation
import HilumTesting

/// `hilum serve` as users run it: the built program, a configuration file, a folder of its own.
struct Node {
    static let program = Tool(at: Workplace.root.appending(path: ".build/release/hilum").path)

    let folder: URL
    let port: Int
    let peer: Peer

    /// A destination as the configuration names it.
    struct Destination {
        var title: String
        var port: Int
    }

    /// - Parameter quiet: seconds after the last object until a study is closed.
    init(in folder: URL, quiet: Int = 1, destinations: [Destination] = [], more: String = "") async throws {
        self.folder = folder
        port = try Peer.freePort()
        var yaml = """
            node: {ae_titles: [HILUM], host: 127.0.0.1, port: \(port)}
            storage: {folder: \(folder.path)/data}
            assembly: {quiet_seconds: \(quiet)}
            \(more)

            """
        if !destinations.isEmpty { yaml += "destinations:\n" }
        for destination in destinations {
            yaml += """
                  - {name: \(destination.title.lowercased()), ae_title: \(destination.title), host: 127.0.0.1, \
                port: \(destination.port)}

                """
        }
        try Data(yaml.utf8).write(to: folder.appending(path: "hilum.yaml"))
        peer = try Self.serve(in: folder, port: port)
        try await peer.waitUntilReady(seconds: 120)
    }

    private static func serve(in folder: URL, port: Int) throws -> Peer {
        try Peer(program, ["serve", "--config", folder.path + "/hilum.yaml"], port: port, in: folder)
    }

    /// Runs `body` beside a node, which is stopped at the end.
    static func running<Result>(
        quiet: Int = 1, destinations: [Destination] = [], more: String = "", _ body: (Node) async throws -> Result
    ) async throws -> Result {
        try await Workplace.inTemporaryFolder { folder in
            let node = try await Node(in: folder, quiet: quiet, destinations: destinations, more: more)
            defer { node.peer.stop() }
            return try await body(node)
        }
    }

    func queue(_ arguments: [String]) throws -> [[String: Any]] {
        let output = try Self.program.run(["queue"] + arguments + ["--config", folder.path + "/hilum.yaml", "--json"])
        return try output.standardOutput.split(separator: "\n").compactMap {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// The studies by UID.
    func studies() throws -> [String: [String: Any]] {
        let rows = try queue(["list"]).filter { $0["row"] as? String == "study" }
            .compactMap { row in (row["study"] as? String).map { ($0, row) } }
        return Dictionary(rows) { $1 }
    }

    /// Asks again and again, until the answer is there or the time is over.
    func wait<Answer>(
        _ what: String, seconds: Double = 120, for answer: () async throws -> Answer?
    ) async throws -> Answer {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < deadline {
            if let found = try await answer() { return found }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Peer.Failure(description: "\(what) did not come; the gateway said:\n\(peer.output)")
    }

    /// Waits until a study is in `state`.
    @discardableResult
    func wait(for study: String, toBe state: String, seconds: Double = 120) async throws -> [String: Any] {
        try await wait("study \(study) being \(state)", seconds: seconds) {
            try studies()[study].flatMap { $0["state"] as? String == state ? $0 : nil }
        }
    }
}
