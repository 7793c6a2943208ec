import Crypto
import DICOMCore
public import Foundation
public import GatewayStore
import Workflow

/// A notice as it leaves: JSON for a webhook, text for a mail. It names the patient only where the receiver is to hear that.
public struct NoticeMessage: Hashable, Sendable, Encodable {
    /// The same whenever the notice is sent again.
    public var id: String
    /// AE title of the node.
    public var node: String
    /// When the finding was made.
    public var at: Date
    public var study: String
    public var revision: Int
    /// A class's key, `review`, or `not_analysable`.
    public var outcome: String
    public var confidence: Double?
    /// 1…4; nil where it is not triaged.
    public var triage: Int?
    public var patient: StudyIdentification?
    public var notice = "Research use, not a diagnosis"

    /// - Parameter store: a name of the node's store that no other has, for `id`.
    public init(_ record: NoticeRecord, node: String, store: String, patient: StudyIdentification?) {
        id = "\(store).\(record.id)"
        self.node = node
        at = record.createdAt
        study = record.study.string
        revision = record.revision
        outcome = record.subject.outcome
        confidence = record.subject.confidence
        triage = record.subject.triage
        self.patient = patient
    }

    public func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self)
    }

    /// HMAC-SHA256 (RFC 2104) over the time, a full stop and the body, in hexadecimal: who has the secret sent it, and then.
    static func signature(of body: Data, at time: String, secret: Data) -> String {
        HMAC<SHA256>.authenticationCode(for: Data("\(time).".utf8) + body, using: SymmetricKey(data: secret))
            .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: Mail

    private static let words = [
        "normal": "normal", "lung_opacity": "lung opacity", "viral_pneumonia": "suspected viral pneumonia",
        "covid19": "suspected COVID-19", "non_covid": "COVID-19 not suspected", "review": "review needed",
        "not_analysable": "not analysable",
    ]

    /// In ASCII, as a subject has to be.
    var subject: String {
        let level = triage.map { "triage level \($0) of 4" } ?? "not triaged"
        return "\(node): \(Self.words[outcome] ?? outcome), \(level)"
    }

    private var text: String {
        var lines = [subject, ""]
        if let confidence { lines.append("Confidence: \(Int((confidence * 100).rounded())) %") }
        if let patient {
            lines += ["Patient: \(patient.patientName), \(patient.patientID)", "Accession: \(patient.accessionNumber)"]
        }
        lines += ["Study: \(study)", "Revision: \(revision)", "Found: \(at.formatted(.iso8601))", "", notice, ""]
        return lines.joined(separator: "\r\n")
    }

    /// The whole mail (RFC 5322, RFC 2045); its text in base64, since a name may be in any script.
    func mail(from sender: String, to receivers: [String]) -> Data {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "UTC")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        let head = [
            "From: \(sender)", "To: \(receivers.joined(separator: ", "))", "Subject: \(subject)",
            "Date: \(format.string(from: at))", "Message-ID: <\(id)@hilum>", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            "Auto-Submitted: auto-generated",
        ]
        let body = Data(text.utf8).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        return Data((head + ["", body, ""]).joined(separator: "\r\n").utf8)
    }
}
