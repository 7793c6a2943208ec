public import DICOMCore
import NIOCore

/// The protocol data units of the upper layer (PS3.8 §9.3) but P-DATA-TF, whose content is passed on as it arrives
/// (`PDVFragment`) and never held as a whole.
enum PDU: Equatable, Sendable {
    case associateRequest(AssociateRequest)
    case associateAccept(AssociateAccept)
    case associateReject(AssociateReject)
    case releaseRequest
    case releaseResponse
    case abort(Abort)

    /// PDU-type, the first byte on the wire.
    enum Kind: UInt8, Sendable {
        case associateRequest = 0x01
        case associateAccept = 0x02
        case associateReject = 0x03
        case dataTransfer = 0x04
        case releaseRequest = 0x05
        case releaseResponse = 0x06
        case abort = 0x07
    }
}

/// Some of a presentation data value (PS3.8 §9.3.5.1): all of it, or the part that has arrived.
struct PDVFragment: Equatable, Sendable {
    var contextID: UInt8
    var isCommand: Bool
    /// Ends the command or the data set: the last bytes of a PDV whose header has the last-fragment bit.
    var isLast: Bool
    var bytes: ByteBuffer
}

/// A-ASSOCIATE-RQ (PS3.8 §9.3.2).
public struct AssociateRequest: Equatable, Sendable {
    public var protocolVersion: UInt16 = 1
    /// Nil when the field holds no AE title.
    public var calledTitle: AETitle?
    public var callingTitle: AETitle?
    public var applicationContext: String = AssociateRequest.dicomApplicationContext
    public var contexts: [ProposedContext]
    public var user: UserInformation

    /// PS3.7 §A.2.1.
    public static let dicomApplicationContext = "1.2.840.10008.3.1.1.1"

    public init(calledTitle: AETitle?, callingTitle: AETitle?, contexts: [ProposedContext], user: UserInformation) {
        self.calledTitle = calledTitle
        self.callingTitle = callingTitle
        self.contexts = contexts
        self.user = user
    }
}

/// A-ASSOCIATE-AC (PS3.8 §9.3.3).
public struct AssociateAccept: Equatable, Sendable {
    public var protocolVersion: UInt16 = 1
    /// Not to be tested when received; the request's titles are sent back in it.
    public var calledTitle: AETitle?
    public var callingTitle: AETitle?
    public var applicationContext: String = AssociateRequest.dicomApplicationContext
    public var contexts: [AnsweredContext]
    public var user: UserInformation

    public init(calledTitle: AETitle?, callingTitle: AETitle?, contexts: [AnsweredContext], user: UserInformation) {
        self.calledTitle = calledTitle
        self.callingTitle = callingTitle
        self.contexts = contexts
        self.user = user
    }
}

/// A-ASSOCIATE-RJ (PS3.8 §9.3.4, Table 9-21).
public struct AssociateReject: Error, Equatable, Sendable {
    public enum Result: UInt8, Sendable {
        case permanent = 1
        case transient = 2
    }
    public var result: Result
    /// 1 service-user, 2 service-provider (ACSE), 3 service-provider (presentation).
    public var source: UInt8
    public var reason: UInt8

    public init(_ result: Result, source: UInt8, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    public static let noReason = AssociateReject(.permanent, source: 1, reason: 1)
    public static let applicationContextNotSupported = AssociateReject(.permanent, source: 1, reason: 2)
    public static let callingTitleNotRecognized = AssociateReject(.permanent, source: 1, reason: 3)
    public static let calledTitleNotRecognized = AssociateReject(.permanent, source: 1, reason: 7)
    public static let identityNotAccepted = AssociateReject(.permanent, source: 2, reason: 1)
    public static let protocolVersionNotSupported = AssociateReject(.permanent, source: 2, reason: 2)
    public static let temporaryCongestion = AssociateReject(.transient, source: 3, reason: 1)
    public static let localLimitExceeded = AssociateReject(.transient, source: 3, reason: 2)
}

extension AssociateReject: CustomStringConvertible {
    public var description: String {
        let why =
            switch (source, reason) {
            case (1, 2): "application context name not supported"
            case (1, 3): "calling AE title not recognized; register ours at the peer"
            case (1, 7): "called AE title not recognized; check the title that the peer listens as"
            case (2, 2): "protocol version not supported"
            case (3, 1): "temporary congestion"
            case (3, 2): "local limit exceeded"
            default: "no reason given (source \(source), reason \(reason))"
            }
        return result == .transient ? "\(why) (transient, try later)" : why
    }
}

/// A-ABORT (PS3.8 §9.3.8, Table 9-26).
public struct Abort: Equatable, Sendable {
    public enum Reason: UInt8, Sendable {
        case notSpecified = 0
        case unrecognizedPDU = 1
        case unexpectedPDU = 2
        case unrecognizedPDUParameter = 4
        case unexpectedPDUParameter = 5
        case invalidPDUParameterValue = 6
    }
    /// The service-provider (the protocol machine) aborts, not the application. A reason is significant then only.
    public var byProvider: Bool
    public var reason: UInt8

    public static let byUser = Abort(byProvider: false, reason: 0)

    public init(byProvider: Bool, reason: UInt8) {
        self.byProvider = byProvider
        self.reason = reason
    }

    public init(_ reason: Reason) {
        self.init(byProvider: true, reason: reason.rawValue)
    }
}

extension Abort: CustomStringConvertible {
    public var description: String {
        guard byProvider else { return "by its application, which gives no reason" }
        return switch Reason(rawValue: reason) {
        case .unrecognizedPDU: "unrecognized PDU"
        case .unexpectedPDU: "unexpected PDU"
        case .unrecognizedPDUParameter: "unrecognized PDU parameter"
        case .unexpectedPDUParameter: "unexpected PDU parameter"
        case .invalidPDUParameterValue: "invalid PDU parameter value"
        case .notSpecified, nil: "reason not specified"
        }
    }
}
