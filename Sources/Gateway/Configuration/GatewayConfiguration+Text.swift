import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import Workflow

extension GatewayConfiguration {
    /// The configuration in force as YAML that would be read the same, but for peers' certificates, whose files' names are
    /// not kept. Private keys are named, never shown.
    public var yaml: String {
        var lines = ["node:"]
        lines += ["  ae_titles: [\(node.titles.map { Self.quoted($0.string) }.joined(separator: ", "))]"]
        lines += ["  host: \(Self.quoted(node.host))", "  port: \(node.port)"]
        if let tls = node.tls { lines += ["  tls:"] + Self.lines(tls, indent: "    ") }
        lines += [
            "  limits:", "    associations: \(node.limits.associations)",
            "    associations_per_peer: \(node.limits.associationsPerPeer)", "    pdu_size: \(node.limits.pduSize)",
            "    object_size: \(node.limits.objectSize)", "    idle_seconds: \(node.limits.idle)",
            "    least_bytes_per_second: \(node.limits.leastBytesPerSecond)",
            "    artim_seconds: \(node.limits.artim)", "    grace_seconds: \(node.limits.grace)",
        ]
        lines +=
            peers.isEmpty ? ["# peers: none named, anybody may send"] : ["peers:"] + Self.lines(peers, indent: "  ")
        lines += listeners.isEmpty ? [] : ["listeners:"]
        for listener in listeners {
            lines += ["  - host: \(Self.quoted(listener.host))", "    port: \(listener.port)"]
            if let tls = listener.tls { lines += ["    tls:"] + Self.lines(tls, indent: "      ") }
            if let peers = listener.peers { lines += ["    peers:"] + Self.lines(peers, indent: "      ") }
        }
        lines += [
            "assembly:", "  quiet_seconds: \(assembly.quiet)", "  longest_wait_seconds: \(assembly.longestWait)",
            "analysis:",
            "  bundle: \(analysis.bundle.map(Self.quoted) ?? "null  # the one that comes with Hilum")",
            "  workers: \(analysis.workers)", "  threads: \(analysis.threads)",
            "  precision: \(analysis.precision.map(Self.quoted) ?? "null  # as the bundle says")",
            "  language: \(Self.quoted(analysis.language))",
            "  time_zone: \(analysis.timeZone.map(Self.quoted) ?? "null  # this machine's")",
            "  memory: \(analysis.limits.memory)",
            "  job_seconds: \(analysis.limits.seconds)", "  job_wall_seconds: \(analysis.jobWall)",
            "  open_files: \(analysis.limits.openFiles)",
        ]
        lines += destinations.isEmpty ? ["destinations: []  # results stay in the store"] : ["destinations:"]
        for destination in destinations { lines += Self.lines(destination) }
        lines += notices.isEmpty ? [] : ["notices:"] + notices.flatMap(Self.lines)
        lines += [
            "storage:", "  folder: \(Self.quoted(URL(filePath: storage.folder).standardizedFileURL.path))",
            "  limit: \(storage.limit.map { "\($0)" } ?? "null  # the disk's")",
            "  low_watermark: \(storage.lowWatermark)",
            "  duplicates: \(storage.duplicates == .refuse ? "refuse" : "set_aside")",
            "retention:",
            "  source_days: \(retention.sourceDays.map { "\($0)" } ?? "null  # until space is wanted")",
            "  result_days: \(retention.resultDays.map { "\($0)" } ?? "null  # until space is wanted")",
            "  event_days: \(retention.eventDays)", "  watermark: \(retentionPolicy.watermark)",
            "logging:", "  level: \(logLevel)", "  format: \(logFormat.rawValue)",
        ]
        if let http { lines += ["http:", "  host: \(Self.quoted(http.host))", "  port: \(http.port)"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func lines(_ peers: [PeerRule], indent: String) -> [String] {
        peers.flatMap { peer in
            let addresses = peer.addresses.map { quoted("\($0)") }.joined(separator: ", ")
            return ["\(indent)- ae_title: \(quoted(peer.title.string))", "\(indent)  addresses: [\(addresses)]"]
                + (peer.certificate == nil ? [] : ["\(indent)  # certificate: as in the file"])
        }
    }

    private static func lines(_ destination: Destination) -> [String] {
        let preferred = ReportClass.allCases.first { $0.sopClassUID == destination.reportClasses.first }
        var lines = [
            "  - name: \(quoted(destination.name))", "    host: \(quoted(destination.host))",
            "    port: \(destination.port)", "    ae_title: \(quoted(destination.title.string))",
        ]
        if let title = destination.callingTitle { lines += ["    calling_ae_title: \(quoted(title.string))"] }
        if let tls = destination.tls { lines += ["    tls:"] + Self.lines(tls, indent: "      ") }
        lines += ["    send: [\(destination.kinds.map(\.rawValue).joined(separator: ", "))]"]
        if let preferred { lines += ["    report: \(preferred.rawValue)"] }
        lines += [
            "    send_not_analysable: \(destination.sendsNotAnalysable)",
            "    mark_superseded: \(destination.marksSuperseded)",
        ]
        return lines
    }

    private static func lines(_ receiver: NoticeReceiver) -> [String] {
        func list(_ values: [String]) -> String { "[\(values.map(quoted).joined(separator: ", "))]" }
        var lines = ["  - name: \(quoted(receiver.name))"]
        switch receiver.way {
        case .webhook(let webhook):
            lines += ["    webhook: \(quoted(webhook.url))"]
            if let file = webhook.secretFile { lines += ["    secret_file: \(quoted(file))"] }
        case .mail(let mail):
            lines += [
                "    mail:", "      server: \(quoted(mail.server))", "      from: \(quoted(mail.from))",
                "      to: \(list(mail.to))", "      tls: \(mail.needsTLS ? "required" : "none")",
            ]
            if let user = mail.user { lines += ["      user: \(quoted(user))"] }
            if let file = mail.passwordFile { lines += ["      password_file: \(quoted(file))"] }
        }
        lines += [
            "    outcomes: \(list(receiver.rule.outcomes.sorted()))",
            "    levels: [\(receiver.rule.levels.sorted().map(String.init).joined(separator: ", "))]",
            "    identify: \(receiver.identifies)",
        ]
        return lines
    }

    private static func lines(_ tls: TLSSettings, indent: String) -> [String] {
        [("certificate", tls.certificateFile), ("key", tls.privateKeyFile), ("trust", tls.trustRootsFile)]
            .compactMap { key, value in value.map { "\(indent)\(key): \(quoted($0))" } }
            + ["\(indent)verify: \(tls.verification.rawValue)"]
    }

    /// A double-quoted scalar (YAML 1.2 §7.3.1), in which what is not printed as it is (§5.1), or would be taken for an
    /// anchor, is an escape.
    private static func quoted(_ text: String) -> String {
        let escaped = text.unicodeScalars.map { scalar in
            switch scalar.value {
            case 0x22, 0x5C: "\\\(scalar)"
            case 0x20...0x25, 0x27...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD: "\(scalar)"
            case let value: "\\U" + String(String(1 << 32 | UInt64(value), radix: 16).suffix(8))
            }
        }
        return "\"\(escaped.joined())\""
    }
}
