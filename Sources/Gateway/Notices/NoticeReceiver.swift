public import Workflow

/// Who gets notices, and how.
public struct NoticeReceiver: Hashable, Sendable {
    public enum Way: Hashable, Sendable {
        case webhook(Webhook)
        case mail(Mail)
    }

    /// A POST with JSON.
    public struct Webhook: Hashable, Sendable {
        public var url: String
        /// With what it is signed.
        public var secretFile: String?
    }

    public struct Mail: Hashable, Sendable {
        /// `smtp://host:port`, or `smtps://`.
        public var server: String
        public var from: String
        public var to: [String]
        /// Nil where the server wants no login.
        public var user: String?
        public var passwordFile: String?
        /// STARTTLS or nothing.
        public var needsTLS: Bool
    }

    public var name: String
    public var way: Way
    public var rule: NoticeRule
    /// Whether it hears who the patient is.
    public var identifies: Bool
}
