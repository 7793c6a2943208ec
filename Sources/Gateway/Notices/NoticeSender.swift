import Foundation
import GatewayStore

/// Sends a notice to its receiver. The real one is `CurlSender`.
protocol NoticeSender: Sendable {
    /// Blocks until the receiver answered, or did not in time.
    func send(_ message: NoticeMessage, by way: NoticeReceiver.Way, at time: Date) -> NoticeOutcome
}

/// By curl(1), which speaks HTTP and SMTP with TLS, logins and proxies, and is kept by others
/// (docs/decisions/0018-notices.md). Secrets and bodies never stand on its command line, which every user may read.
struct CurlSender: NoticeSender {
    /// Seconds for one notice.
    private static let patience = 15
    /// What a machine without it has to be told.
    static let missing = "there is no curl, which sends them; apt install curl"
    /// Folders, as in PATH.
    private let path: String

    init(path: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin") { self.path = path }

    /// Nil where there is no curl. Looked for each time: a node need not start anew once it is installed.
    var program: URL? {
        path.split(separator: ":").map { URL(filePath: String($0)).appending(path: "curl") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    func send(_ message: NoticeMessage, by way: NoticeReceiver.Way, at time: Date) -> NoticeOutcome {
        do {
            return try withFolder { folder in
                let body = folder.appending(path: "body")
                switch way {
                case .webhook(let webhook):
                    let json = try message.json()
                    try json.write(to: body)
                    let settings = try Self.settings(webhook, message.id, json, body, at: time)
                    return Self.outcome(ofHTTP: try run(settings))
                case .mail(let mail):
                    try message.mail(from: mail.from, to: mail.to).write(to: body)
                    return Self.outcome(ofSMTP: try run(try Self.settings(mail, body)))
                }
            }
        } catch {
            return .failed("\(error)")
        }
    }

    // MARK: What curl is told

    private static func settings(
        _ webhook: NoticeReceiver.Webhook, _ id: String, _ json: Data, _ body: URL, at time: Date
    ) throws -> [(String, String)] {
        let seconds = "\(Int(time.timeIntervalSince1970))"
        var settings = [
            ("url", webhook.url), ("request", "POST"), ("data-binary", "@\(body.path)"), ("proto", "=http,https"),
            ("header", "Content-Type: application/json"), ("header", "X-Hilum-Notice: \(id)"),
            ("header", "X-Hilum-Time: \(seconds)"), ("user-agent", "hilum"),
        ]
        if let file = webhook.secretFile {
            let signature = NoticeMessage.signature(of: json, at: seconds, secret: try secret(file))
            settings.append(("header", "X-Hilum-Signature: sha256=\(signature)"))
        }
        return settings
    }

    private static func settings(_ mail: NoticeReceiver.Mail, _ body: URL) throws -> [(String, String)] {
        var settings = [
            ("url", mail.server), ("mail-from", mail.from), ("upload-file", body.path), ("proto", "=smtp,smtps"),
        ]
        settings += mail.to.map { ("mail-rcpt", $0) }
        if let user = mail.user {
            let password = try mail.passwordFile.map { String(decoding: try secret($0), as: UTF8.self) } ?? ""
            settings.append(("user", "\(user):\(password)"))
        }
        if mail.needsTLS { settings.append(("ssl-reqd", "")) }
        return settings
    }

    /// A file's content without the line's end that editors leave.
    private static func secret(_ file: String) throws -> Data {
        guard var data = FileManager.default.contents(atPath: file), !data.isEmpty else {
            throw Failure(description: "\(file) can't be read, or is empty; let this user read it")
        }
        while data.last == UInt8(ascii: "\n") || data.last == UInt8(ascii: "\r") { data.removeLast() }
        return data
    }

    private struct Failure: Error, CustomStringConvertible { let description: String }

    // MARK: What it answers

    private struct Answer {
        var status: Int32
        /// Of the last response; 0 where there was none.
        var code: Int
        var complaint: String
    }

    private static func outcome(ofHTTP answer: Answer) -> NoticeOutcome {
        guard answer.status == 0 else { return .failed(answer.complaint) }
        return switch answer.code {
        case 200..<300: .accepted
        case 408, 425, 429, 500...: .failed("HTTP status \(answer.code)")
        default: .refused("HTTP status \(answer.code)")
        }
    }

    private static func outcome(ofSMTP answer: Answer) -> NoticeOutcome {
        if answer.status == 0 { return .accepted }
        // RFC 5321 §4.2.1: these do not end otherwise later. A login that fails is mended by the operator.
        return (550...554).contains(answer.code)
            ? .refused("SMTP reply \(answer.code)") : .failed("\(answer.complaint) (SMTP reply \(answer.code))")
    }

    private func run(_ settings: [(String, String)]) throws -> Answer {
        guard let program else { throw Failure(description: "notices: \(Self.missing)") }
        let process = Process()
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = program
        process.arguments = ["--disable", "--config", "-"]
        (process.standardInput, process.standardOutput, process.standardError) = (input, output, errors)
        try process.run()
        let common = [
            ("silent", ""), ("show-error", ""), ("output", "/dev/null"), ("max-time", "\(Self.patience)"),
            ("write-out", "%{response_code}"),
        ]
        let text = (common + settings).map { $1.isEmpty ? "\($0)\n" : "\($0) = \"\(Self.escaped($1))\"\n" }.joined()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let said = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let complaint = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return Answer(
            status: process.terminationStatus, code: Int(said) ?? 0,
            complaint: complaint.split(separator: "\n").first.map(String.init)
                ?? "curl ended with \(process.terminationStatus)")
    }

    /// As curl(1) reads texts in quotes.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
            .replacing("\r", with: "\\r").replacing("\t", with: "\\t")
    }

    // MARK: Bodies

    private func withFolder(_ work: (URL) throws -> NoticeOutcome) throws -> NoticeOutcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hilum-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        return try work(folder)
    }
}
