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
    /// Bit 0 stands for version 1, the only one.
    public var protocolVersion: UInt16 = 1
    /// Nil when the field holds no AE title.
    public var calledTitle: AETitle?
    /// Nil when the field holds no AE title.
    public var callingTitle: AETitle?
    /// A UID; DICOM has this one.
    public var applicationContext: String = AssociateRequest.dicomApplicationContext
    /// In the order proposed.
    public var contexts: [ProposedContext]
    /// What the requestor says about itself.
    public var user: UserInformation

    /// The DICOM Application Context Name (PS3.7 §A.2.1).
    public static let dicomApplicationContext = "1.2.840.10008.3.1.1.1"

    /// A request of DICOM's application context in protocol version 1.
    public init(calledTitle: AETitle?, callingTitle: AETitle?, contexts: [ProposedContext], user: UserInformation) {
        self.calledTitle = calledTitle
        self.callingTitle = callingTitle
        self.contexts = contexts
        self.user = user
    }
}

/// A-ASSOCIATE-AC (PS3.8 §9.3.3).
public struct AssociateAccept: Equatable, Sendable {
    /// Bit 0 stands for version 1, the only one.
    public var protocolVersion: UInt16 = 1
    /// Not to be tested when received; the request's titles are sent back in it.
    public var calledTitle: AETitle?
    /// Not to be tested either.
    public var callingTitle: AETitle?
    /// A UID; DICOM has this one.
    public var applicationContext: String = AssociateRequest.dicomApplicationContext
    /// One answer for each proposed context.
    public var contexts: [AnsweredContext]
    /// What the acceptor says about itself.
    public var user: UserInformation

    /// An acceptance of DICOM's application context in protocol version 1.
    public init(calledTitle: AETitle?, callingTitle: AETitle?, contexts: [AnsweredContext], user: UserInformation) {
        self.calledTitle = calledTitle
        self.callingTitle = callingTitle
        self.contexts = contexts
        self.user = user
    }
}

/// A-ASSOCIATE-RJ (PS3.8 §9.3.4, Table 9-21).
public struct AssociateReject: Error, Equatable, Sendable {
    /// Whether asking again may end otherwise.
    public enum Result: UInt8, Sendable {
        case permanent = 1
        case transient = 2
    }
    /// Permanent or transient.
    public var result: Result
    /// 1 service-user, 2 service-provider (ACSE), 3 service-provider (presentation).
    public var source: UInt8
    /// What it means depends on `source`.
    public var reason: UInt8

    /// Any rejection, known to Table 9-21 or not.
    public init(_ result: Result, source: UInt8, reason: UInt8) {
        self.result = result
        self.source = source
        self.reason = reason
    }

    /// Permanent, by the application, which gives no reason.
    public static let noReason = AssociateReject(.permanent, source: 1, reason: 1)
    /// Permanent: not DICOM's application context.
    public static let applicationContextNotSupported = AssociateReject(.permanent, source: 1, reason: 2)
    /// Permanent: no peer of this title may call, or not from there.
    public static let callingTitleNotRecognized = AssociateReject(.permanent, source: 1, reason: 3)
    /// Permanent: nobody here has the title that was called.
    public static let calledTitleNotRecognized = AssociateReject(.permanent, source: 1, reason: 7)
    /// Permanent, by ACSE without a reason: the user identity was refused.
    public static let identityNotAccepted = AssociateReject(.permanent, source: 2, reason: 1)
    /// Permanent: not version 1.
    public static let protocolVersionNotSupported = AssociateReject(.permanent, source: 2, reason: 2)
    /// Transient: the listener is closing.
    public static let temporaryCongestion = AssociateReject(.transient, source: 3, reason: 1)
    /// Transient: there are as many associations as there may be.
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
    /// Reasons of the service-provider (PS3.8 Table 9-26).
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
    /// As it came; `Reason` names those that are known.
    public var reason: UInt8

    /// By the application, for which no reason is defined.
    public static let byUser = Abort(byProvider: false, reason: 0)

    /// Any abort, known to Table 9-26 or not.
    public init(byProvider: Bool, reason: UInt8) {
        self.byProvider = byProvider
        self.reason = reason
    }

    /// By the service-provider.
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
