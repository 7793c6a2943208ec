import Foundation
import Workflow

extension NoticeReceiver {
    init(_ section: StrictSection) throws {
        name = try section.required("name")
        let url = try section.string("webhook")
        let secretFile = try section.existing("secret_file")
        var mail: Mail?
        try section.section("mail") { mail = try Mail($0) }
        switch (url, mail) {
        case (let url?, nil):
            way = .webhook(Webhook(url: try section.url(url, "webhook", ["http", "https"]), secretFile: secretFile))
        case (nil, let mail?):
            guard secretFile == nil else {
                throw section.problem("secret_file", "signs a webhook; leave it out for mail")
            }
            way = .mail(mail)
        default: throw section.problem(url == nil ? "webhook" : "mail", "give either webhook or mail")
        }
        rule = NoticeRule(outcomes: try Self.outcomes(section), levels: try Self.levels(section))
        identifies = try section.choice("identify", [("true", true), ("false", false)]) ?? false
        if identifies, case .webhook(let webhook) = way, !webhook.url.lowercased().hasPrefix("https") {
            throw section.problem("identify", "would send a patient's name unencrypted; use https")
        }
    }

    /// Of the default bundle, and those that every bundle has.
    private static let knownOutcomes: Set = [
        "normal", "lung_opacity", "viral_pneumonia", "covid19", "non_covid", "review", "not_analysable",
    ]

    /// A bundle may have classes of its own; what is nearly a known one is a slip, of which nobody would ever be told.
    private static func outcomes(_ section: StrictSection) throws -> Set<String> {
        let outcomes = Set(try section.strings("outcomes") ?? [])
        for outcome in outcomes.subtracting(knownOutcomes).sorted() {
            if let meant = Spelling.nearest(to: outcome, among: knownOutcomes) {
                throw section.problem("outcomes", "'\(outcome)' is no outcome; \(meant) may be meant")
            }
        }
        return outcomes
    }

    private static func levels(_ section: StrictSection) throws -> Set<Int> {
        Set(
            try (section.strings("levels") ?? []).map { text in
                guard let level = Int(text), (1...4).contains(level) else {
                    throw section.problem("levels", "'\(text)' is no level of triage from 1 to 4")
                }
                return level
            })
    }
}

extension NoticeReceiver.Mail {
    fileprivate init(_ section: StrictSection) throws {
        server = try section.url(section.required("server"), "server", ["smtp", "smtps"])
        from = try section.address(section.required("from"), "from")
        guard let receivers = try section.strings("to"), !receivers.isEmpty else { throw section.missing("to") }
        to = try receivers.map { try section.address($0, "to") }
        user = try section.string("user")
        passwordFile = try section.existing("password_file")
        guard (user == nil) == (passwordFile == nil) else {
            throw section.problem(
                user == nil ? "user" : "password_file", "is missing; a login needs user and password_file")
        }
        needsTLS = try section.choice("tls", [("required", true), ("none", false)]) ?? (user != nil)
    }
}

extension StrictSection {
    /// Logins have keys of their own, since addresses are shown.
    fileprivate func url(_ text: String, _ key: String, _ schemes: [String]) throws -> String {
        guard let url = URL(string: text), let scheme = url.scheme?.lowercased(), schemes.contains(scheme),
            url.host()?.isEmpty == false, url.user() == nil
        else {
            throw problem(
                key, "'\(text)' is no address that begins with \(schemes.map { "\($0)://" }.joined(separator: " or "))")
        }
        return text
    }

    /// Roughly RFC 5321: nothing in it may end the header line or the command it stands in.
    fileprivate func address(_ text: String, _ key: String) throws -> String {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Array("<>,;\"()\\".utf8).contains($0) })
        else { throw problem(key, "'\(text)' is no mail address, as ward@hospital.example") }
        return text
    }
}
