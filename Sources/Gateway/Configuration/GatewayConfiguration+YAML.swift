import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import Workflow
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
            let places = [(node.host, node.port)] + listeners.map { ($0.host, $0.port) }
            let isTaken = places.contains { host, port in
                port == http.port && (hosts.contains(host) || hosts.prefix(2).contains(http.host))
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

extension GatewayConfiguration.Node {
    fileprivate mutating func read(_ section: StrictSection) throws {
        if let texts = try section.strings("ae_titles") {
            guard !texts.isEmpty else {
                throw section.problem("ae_titles", "must name at least one; without the key it is HILUM")
            }
            titles = try texts.map { try section.title($0, "ae_titles") }
        }
        host = try section.string("host") ?? host
        port = try section.integer("port", in: 0...65535) ?? port
        try section.section("tls") { tls = try $0.tls(asServer: true) }
        try section.section("limits") { try limits.read($0) }
    }
}

extension GatewayConfiguration.Listener {
    fileprivate init(_ section: StrictSection, host: String) throws {
        self.host = try section.string("host") ?? host
        guard let port = try section.integer("port", in: 1...65535) else { throw section.missing("port") }
        self.port = port
        try section.section("tls") { tls = try $0.tls(asServer: true) }
        peers = try section.peers(behind: tls, at: "this listener's ")
    }
}

extension GatewayConfiguration.Limits {
    fileprivate mutating func read(_ section: StrictSection) throws {
        associations = try section.integer("associations", in: 1...10_000) ?? associations
        associationsPerPeer = try section.integer("associations_per_peer", in: 1...10_000) ?? associationsPerPeer
        pduSize = try section.bytes("pdu_size", in: 4096...(16 << 20)) ?? pduSize
        objectSize = try section.bytes("object_size", in: (1 << 20)...(64 << 30)) ?? objectSize
        idle = try section.integer("idle_seconds", in: 1...86_400) ?? idle
        leastBytesPerSecond = try section.bytes("least_bytes_per_second", in: 1...(1 << 30)) ?? leastBytesPerSecond
        artim = try section.integer("artim_seconds", in: 1...3600) ?? artim
        grace = try section.integer("grace_seconds", in: 0...3600) ?? grace
    }
}

extension GatewayConfiguration.Assembly {
    fileprivate mutating func read(_ section: StrictSection) throws {
        quiet = try section.integer("quiet_seconds", in: 1...86_400) ?? quiet
        longestWait = try section.integer("longest_wait_seconds", in: 1...604_800) ?? longestWait
        guard longestWait >= quiet else {
            throw section.problem("longest_wait_seconds", "is shorter than quiet_seconds (\(quiet)); make it longer")
        }
    }
}

extension GatewayConfiguration.Analysis {
    fileprivate mutating func read(_ section: StrictSection) throws {
        bundle = try section.existing("bundle") ?? bundle
        workers = try section.integer("workers", in: 0...256) ?? workers
        threads = try section.integer("threads", in: 0...1024) ?? threads
        if let word = try section.string("precision") {
            guard ["f32", "bf16", "int8", "auto"].contains(word) else {
                throw section.problem("precision", "is f32, bf16, int8 or auto, not \(word)")
            }
            precision = word
        }
        if let word = try section.string("language") {
            guard ["en", "de", "fr", "es"].contains(word) else {
                throw section.problem("language", "is en, de, fr or es, not \(word)")
            }
            language = word
        }
        if let name = try section.string("time_zone") {
            guard TimeZone(identifier: name) != nil else {
                throw section.problem("time_zone", "is a name of the tz database, as Europe/Berlin, not \(name)")
            }
            timeZone = name
        }
        if let bytes = try section.bytes("memory", in: (512 << 20)...(1 << 44)) { limits.memory = UInt64(bytes) }
        if let seconds = try section.integer("job_seconds", in: 10...86_400) { limits.seconds = UInt64(seconds) }
        jobWall = try section.integer("job_wall_seconds", in: 10...604_800) ?? jobWall
        if let files = try section.integer("open_files", in: 64...1_000_000) { limits.openFiles = UInt64(files) }
    }
}

extension GatewayConfiguration.Storage {
    fileprivate mutating func read(_ section: StrictSection) throws {
        if let text = try section.string("folder") {
            folder = section.resolved(text)
            let parent = URL(filePath: folder).deletingLastPathComponent().path
            guard FileManager.default.fileExists(atPath: parent) else {
                throw section.problem("folder", "there is no \(parent) to make it in; make that, or name another")
            }
        }
        try readSpace(section)
        duplicates =
            try section.choice("duplicates", [("set_aside", .setAside), ("refuse", .refuse)]) ?? duplicates
    }
}

extension GatewayConfiguration.Destination {
    fileprivate init(_ section: StrictSection) throws {
        name = try section.required("name")
        host = try section.required("host")
        guard let port = try section.integer("port", in: 1...65535) else { throw section.missing("port") }
        self.port = port
        title = try section.title(section.required("ae_title"), "ae_title")
        callingTitle = try section.string("calling_ae_title").map { try section.title($0, "calling_ae_title") }
        try section.section("tls") { tls = try $0.tls(asServer: false) }
        if let texts = try section.strings("send") {
            kinds = try texts.map { text in
                guard let kind = Self.sendable.first(where: { $0.rawValue == text }) else {
                    let known = Self.sendable.map(\.rawValue).joined(separator: ", ")
                    throw section.problem("send", "'\(text)' is none of \(known)")
                }
                return kind
            }
        }
        if let preferred = try section.choice("report", ReportClass.allCases.map { ($0.rawValue, $0) }) {
            reportClasses = ReportClass.order(from: preferred)
        }
        let answers = [("true", true), ("false", false)]
        sendsNotAnalysable = try section.choice("send_not_analysable", answers) ?? sendsNotAnalysable
        marksSuperseded = try section.choice("mark_superseded", answers) ?? marksSuperseded
    }

    /// What jobs make.
    private static let sendable: [Document.Kind] = [.report, .picture]
}

extension PeerRule {
    fileprivate init(_ section: StrictSection, asksForCertificates: Bool, at place: String) throws {
        let title = try section.title(section.required("ae_title"), "ae_title")
        let addresses = try (section.strings("addresses") ?? []).map { text in
            guard let range = AddressRange(text) else {
                throw section.problem("addresses", "'\(text)' is no address or range, as 10.1.2.0/24")
            }
            return range
        }
        let certificate = try section.existing("certificate").map { path in
            guard let bytes = CertificateFile.der(path: path) else {
                throw section.problem("certificate", "\(path) holds no PEM certificate; name a file with one")
            }
            guard asksForCertificates else {
                throw section.problem("certificate", "no peer is asked for one: set \(place)tls.verify to certificate")
            }
            return bytes
        }
        self.init(title: title, addresses: addresses, certificate: certificate)
    }
}

extension StrictSection {
    /// - Parameters:
    ///   - tls: of the port where they call.
    ///   - place: of that port's settings, for errors.
    /// - Returns: nil where the key is absent.
    fileprivate func peers(behind tls: TLSSettings?, at place: String) throws -> [PeerRule]? {
        let asksForCertificates = tls.map { $0.verification != .none } ?? false
        let rules = try sections("peers") { try PeerRule($0, asksForCertificates: asksForCertificates, at: place) }
        // Whoever takes the last one out does not mean to let everybody in.
        if let rules, rules.isEmpty {
            throw problem("peers", "is empty: name who may send, or leave the key out to let anybody")
        }
        return rules
    }

    fileprivate func title(_ text: String, _ key: String) throws -> AETitle {
        guard let title = AETitle(text) else {
            throw problem(key, "'\(text)' is no AE title: 1 to 16 ASCII characters, no backslash")
        }
        return title
    }

    fileprivate func tls(asServer: Bool) throws -> TLSSettings {
        let certificate = try existing("certificate")
        let key = try existing("key")
        if asServer, certificate == nil || key == nil {
            throw problem(
                certificate == nil ? "certificate" : "key", "is missing; a listener needs certificate and key")
        }
        let table: [(String, TLSSettings.Verification)] = [
            ("none", .none), ("certificate", .certificate), ("hostname", .hostname),
        ]
        let trust = try existing("trust")
        let verification = try choice("verify", table) ?? (asServer ? .none : .hostname)
        if trust != nil, verification == .none {
            throw problem(
                "trust", "is not looked at while verify is none; set verify to certificate, or leave trust out")
        }
        if asServer, trust == nil, verification != .none {
            throw problem(
                "verify", "lets in whom any authority of the system has signed; say whose peers may come in with trust")
        }
        return TLSSettings(
            certificateFile: certificate, privateKeyFile: key, trustRootsFile: trust, verification: verification)
    }
}

/// The first certificate of a PEM file.
enum CertificateFile {
    static func der(path: String) -> [UInt8]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let begin = text.range(of: "-----BEGIN CERTIFICATE-----"),
            let end = text.range(of: "-----END CERTIFICATE-----", range: begin.upperBound..<text.endIndex),
            let data = Data(
                base64Encoded: String(text[begin.upperBound..<end.lowerBound]), options: .ignoreUnknownCharacters)
        else { return nil }
        return [UInt8](data)
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
