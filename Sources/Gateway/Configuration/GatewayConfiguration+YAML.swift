import Foundation
import Yams

extension GatewayConfiguration {
    /// Reads a configuration file. An unknown key, a value out of its range and a file that is not there are errors
    /// that name file, line and key.
    public init(file: String) throws {
        let text: String
        do {
            text = try String(contentsOfFile: file, encoding: .utf8)
        } catch {
            throw GatewayError.configuration(file: file, line: nil, key: "", problem: Self.whyUnread(file))
        }
        try self.init(yaml: text, file: file)
    }

    private static func whyUnread(_ file: String) -> String {
        if access(file, F_OK) != 0, errno == ENOENT { return "can't be read; name a file that is there" }
        if access(file, R_OK) != 0 {
            return
                "can't be read (\(String(cString: strerror(errno)))); let this user read it, or run this as its owner"
        }
        return "can't be read; name a text file in UTF-8"
    }

    /// - Parameter file: for errors, and what relative paths count from.
    public init(yaml: String, file: String) throws {
        self.init()
        if let line = YAMLAnchor.line(in: yaml) {
            throw GatewayError.configuration(
                file: file, line: line, key: "", problem: "has an anchor (&); write the value out where it is wanted")
        }
        let root: Yams.Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw Self.syntaxError(error, yaml, file)
        }
        guard let root, root.null == nil else { return }
        let top = try StrictSection(root, file: file, path: "")
        try top.section("node") { try node.read($0) }
        peers = try top.peers(behind: node.tls, at: "node.") ?? peers
        listeners = try top.sections("listeners") { try Listener($0, host: node.host) } ?? listeners
        try top.section("assembly") { try assembly.read($0) }
        try top.section("analysis") { try analysis.read($0) }
        destinations = try top.sections("destinations", Destination.init) ?? destinations
        notices = try top.sections("notices", NoticeReceiver.init) ?? notices
        try top.section("storage") { try storage.read($0) }
        try top.section("retention") { try retention.read($0, storage) }
        try top.section("logging") { section in
            let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
            logLevel = try section.choice("level", levels.map { ($0, $0) }) ?? logLevel
            logFormat = try section.choice("format", LogFormat.allCases.map { ($0.rawValue, $0) }) ?? logFormat
        }
        try top.section("http") { section in
            var http = HTTP()
            http.host = try section.string("host") ?? http.host
            http.port = try section.integer("port", in: 0...65535) ?? http.port
            self.http = http
        }
        try top.finish()
        try checkNames(top)
    }

    private func checkNames(_ top: StrictSection) throws {
        var ports: Set<Int> = [node.port]
        for listener in listeners where !ports.insert(listener.port).inserted {
            throw top.problem(
                "listeners", "port \(listener.port) is taken, by the node or by another listener; choose another")
        }
        if let http, http.port > 0 {
            let hosts = ["0.0.0.0", "::", http.host]
            let isTaken = places.map(\.listener).contains { listener in
                listener.port == http.port && (hosts.contains(listener.host) || hosts.prefix(2).contains(http.host))
            }
            if isTaken {
                throw top.problem("http", "port \(http.port) is taken, by the node or by a listener; choose another")
            }
        }
        var receivers: Set<String> = []
        for receiver in notices where !receivers.insert(receiver.name).inserted {
            throw top.problem("notices", "two are named '\(receiver.name)'; give each a name of its own")
        }
        var seen: Set<String> = []
        for destination in destinations where !seen.insert(destination.name).inserted {
            throw top.problem("destinations", "two are named '\(destination.name)'; give each its own name")
        }
    }

    /// What to look at where a text is no YAML.
    private static func advice(lines text: String, at number: Int) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).prefix(number).suffix(1)
        return lines.contains { $0.contains("\t") }
            ? "there is a tab: indent with spaces" : "look for a quote, a bracket or an indentation, here or above"
    }

    private static func syntaxError(_ error: any Error, _ text: String, _ file: String) -> GatewayError {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            .configuration(
                file: file, line: mark.line, key: "",
                problem: "is no YAML here (\(problem)); \(Self.advice(lines: text, at: mark.line))")
        case .duplicatedKeysInMapping(let keys, let context):
            Self.duplicate(keys.first ?? "?", RepeatedKey(keys.first ?? "?", in: text, context.mark), file)
        default:
            .configuration(file: file, line: nil, key: "", problem: "is no YAML: \(error)")
        }
    }
}

extension GatewayConfiguration {
    fileprivate static func duplicate(_ key: String, _ place: RepeatedKey, _ file: String) -> GatewayError {
        .configuration(
            file: file, line: place.line, key: (place.parents + [key]).joined(separator: "."),
            problem: "stands in this section before, in line \(place.first); keep one")
    }
}

/// Where a YAML text may have an anchor (YAML 1.2 §6.9.2): with thirty of them a page stands for more nodes than any memory
/// holds, and to compose it is to compare them.
private enum YAMLAnchor {
    /// The line, from 1; nil where there is none. Some that stand in quotes or comments are taken for anchors too.
    static func line(in text: String) -> Int? {
        var line = 1
        var previous = UInt8(ascii: "\n")
        var isMark = false
        for byte in text.utf8 {
            if isMark, !" \t\r\n".utf8.contains(byte) { return line }
            isMark = byte == UInt8(ascii: "&") && (previous >= 0x80 || " \t\r\n[{,:-?".utf8.contains(previous))
            if byte == UInt8(ascii: "\n") { line += 1 }
            previous = byte
        }
        return nil
    }
}
