import DICOMCore
import DIMSE
import Foundation
import Workflow

// What each section may hold: its keys, their ranges, and the values that exclude one another.

extension GatewayConfiguration.Node {
    mutating func read(_ section: StrictSection) throws {
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
    init(_ section: StrictSection, host: String) throws {
        self.host = try section.string("host") ?? host
        guard let port = try section.integer("port", in: 1...65535) else { throw section.missing("port") }
        self.port = port
        try section.section("tls") { tls = try $0.tls(asServer: true) }
        peers = try section.peers(behind: tls, at: "this listener's ")
    }
}

extension GatewayConfiguration.Limits {
    mutating func read(_ section: StrictSection) throws {
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
    mutating func read(_ section: StrictSection) throws {
        quiet = try section.integer("quiet_seconds", in: 1...86_400) ?? quiet
        longestWait = try section.integer("longest_wait_seconds", in: 1...604_800) ?? longestWait
        guard longestWait >= quiet else {
            throw section.problem("longest_wait_seconds", "is shorter than quiet_seconds (\(quiet)); make it longer")
        }
    }
}

extension GatewayConfiguration.Analysis {
    mutating func read(_ section: StrictSection) throws {
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
    mutating func read(_ section: StrictSection) throws {
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
    init(_ section: StrictSection) throws {
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
