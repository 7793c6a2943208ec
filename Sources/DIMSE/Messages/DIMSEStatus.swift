/// The status of a DIMSE response (PS3.7 Annex C; for C-STORE PS3.4 §B.2.3). Thrown by a receiver, it is the answer.
public struct DIMSEStatus: Error, Sendable {
    /// Status (0000,0900).
    public let code: UInt16
    /// Error Comment (0000,0902), at most 64 characters on the wire.
    public let comment: String?

    /// Any status; `comment` is cut to 64 ASCII characters when it is sent.
    public init(code: UInt16, comment: String? = nil) {
        self.code = code
        self.comment = comment
    }

    /// 0x0000.
    public static let success = DIMSEStatus(code: 0x0000)
    /// 0x0110: something went wrong, and trying again may help.
    public static let processingFailure = DIMSEStatus(code: 0x0110)
    /// 0x0111: an instance of this UID is there already.
    public static let duplicateSOPInstance = DIMSEStatus(code: 0x0111)
    /// 0x0122: not the SOP class of the context, or none that we take.
    public static let sopClassNotSupported = DIMSEStatus(code: 0x0122)
    /// 0x0211: a command that we don't know.
    public static let unrecognizedOperation = DIMSEStatus(code: 0x0211)
    /// 0x0212: the command lacks something, or it is malformed.
    public static let mistypedArgument = DIMSEStatus(code: 0x0212)
    /// 0xA700 (PS3.4 Table B.2-1): no room now; a peer should try again.
    public static let outOfResources = DIMSEStatus(code: 0xA700)
    /// 0xC000 (PS3.4 Table B.2-1): the data set is damaged; trying again does not help.
    public static let cannotUnderstand = DIMSEStatus(code: 0xC000)

    /// The same status with words that an operator at the other end can read.
    public func because(_ comment: String) -> DIMSEStatus {
        DIMSEStatus(code: code, comment: comment)
    }

    /// 0x0000 and nothing else; see ``isAccepted`` for whether the object was stored.
    public var isSuccess: Bool { code == 0 }
    /// Done, with a remark: coercion (B000), elements discarded (B006), data set doesn't match class (B007) and the
    /// general ones. The object was stored.
    public var isWarning: Bool { [0x0001, 0x0107, 0x0116].contains(code) || code >> 12 == 0xB }
    /// The peer has taken what was sent.
    public var isAccepted: Bool { isSuccess || isWarning }

    /// Whether sending the same object again may end otherwise.
    public enum RetryClass: Sendable {
        /// It was accepted.
        case done
        /// The peer is short of something now, or does not say.
        case later
        /// The peer will refuse this object again.
        case never
    }

    /// By the code alone. A code that says nothing of the object is taken for `later`.
    public var retryClass: RetryClass {
        if isAccepted { return .done }
        switch code {
        case 0x0105, 0x0106, 0x0111, 0x0112, 0x0115, 0x0117, 0x0118, 0x0119, 0x0120, 0x0121, 0x0122, 0x0124,
            0x0210, 0x0211, 0x0212, 0xA900...0xA9FF, 0xC000...0xCFFF:
            return .never
        default:
            return .later
        }
    }
}

extension DIMSEStatus: Hashable {
    public static func == (left: DIMSEStatus, right: DIMSEStatus) -> Bool { left.code == right.code }
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }
}

extension DIMSEStatus: CustomStringConvertible {
    public var description: String {
        let digits = String(code, radix: 16, uppercase: true)
        let number = "0x" + String(repeating: "0", count: 4 - digits.count) + digits
        let text = comment.map { "\(meaning): \($0)" } ?? meaning
        return "\(text) (\(number))"
    }

    private var meaning: String {
        switch code {
        case 0x0000: "success"
        case 0x0110: "processing failure"
        case 0x0111: "duplicate SOP instance"
        case 0x0117: "invalid object instance"
        case 0x0122: "SOP class not supported"
        case 0x0124: "not authorized"
        case 0x0210: "duplicate invocation"
        case 0x0211: "unrecognized operation"
        case 0x0212: "mistyped argument"
        case 0x0213: "resource limitation"
        case 0xA700...0xA7FF: "out of resources"
        case 0xA900...0xA9FF: "data set does not match SOP class"
        case 0xB000: "stored, data elements coerced"
        case 0xB006: "stored, elements discarded"
        case 0xB007: "stored, data set does not match SOP class"
        case 0xC000...0xCFFF: "cannot understand"
        case 0xFE00: "cancelled"
        case 0xFF00, 0xFF01: "pending"
        default: isWarning ? "warning" : "failure"
        }
    }
}
