public import DICOMCore

/// The user information item (PS3.8 §9.3.2.3, PS3.7 Annex D.3.3): what both sides say beside contexts.
public struct UserInformation: Equatable, Sendable {
    /// The longest P-DATA-TF variable field that the sender of this item takes; 0 or nil: no limit.
    public var maximumLength: UInt32?
    /// Which software this is (PS3.7 §D.3.3.2); nil where the item is missing or holds no UID.
    public var implementationClassUID: UID?
    /// At most 16 characters (PS3.7 §D.3.3.2).
    public var implementationVersionName: String?
    /// Nil: one operation at a time.
    public var asynchronousOperations: AsynchronousOperationsWindow?
    /// Empty: the requestor is SCU of every class.
    public var roles: [RoleSelection] = []
    /// What an association's classes agree on beyond the syntaxes.
    public var extended: [ExtendedNegotiation] = []
    /// From the requestor only.
    public var commonExtended: [CommonExtendedNegotiation] = []
    /// From the requestor only.
    public var identity: UserIdentity?
    /// The acceptor's answer to an identity of which a response was requested.
    public var identityResponse: [UInt8]?

    /// Nothing is said, not even the maximum length.
    public init() {}

    /// What Hilum says about itself: `Implementation.classUID` and `.versionName`.
    /// - Parameter maximumLength: bytes; 0: no limit.
    public init(maximumLength: UInt32) {
        self.maximumLength = maximumLength
        implementationClassUID = Implementation.classUID
        implementationVersionName = Implementation.versionName
    }
}

/// Asynchronous Operations Window (PS3.7 §D.3.3.3): how many requests may wait for their responses. Zero: no limit.
public struct AsynchronousOperationsWindow: Equatable, Sendable {
    /// By the association's requestor.
    public var invoked: UInt16
    /// By the association's requestor, for requests of the acceptor.
    public var performed: UInt16

    /// A window to propose or to answer; the answer may not exceed the proposal.
    public init(invoked: UInt16, performed: UInt16) {
        self.invoked = invoked
        self.performed = performed
    }
}

/// SCP/SCU Role Selection (PS3.7 §D.3.3.4), from the requestor's side of the association.
public struct RoleSelection: Equatable, Sendable {
    /// The class, or what the peer sent in its place.
    public var sopClassUID: String
    /// Proposed: the requestor wants to be SCU. Answered: it may.
    public var asSCU: Bool
    /// Proposed: the requestor wants to be SCP, as C-GET needs. Answered: it may.
    public var asSCP: Bool

    /// Roles to propose or to answer.
    public init(sopClassUID: String, asSCU: Bool, asSCP: Bool) {
        self.sopClassUID = sopClassUID
        self.asSCU = asSCU
        self.asSCP = asSCP
    }
}

/// SOP Class Extended Negotiation (PS3.7 §D.3.3.5).
public struct ExtendedNegotiation: Equatable, Sendable {
    /// The class, or what the peer sent in its place.
    public var sopClassUID: String
    /// The service class application information; for Storage PS3.4 §B.3.1.
    public var information: [UInt8]

    /// An item to propose or to answer; `information` is the class's affair.
    public init(sopClassUID: String, information: [UInt8]) {
        self.sopClassUID = sopClassUID
        self.information = information
    }
}

/// SOP Class Common Extended Negotiation (PS3.7 §D.3.3.6): says to which service a class belongs.
public struct CommonExtendedNegotiation: Equatable, Sendable {
    /// The class, or what the peer sent in its place.
    public var sopClassUID: String
    /// Its service class, of which Storage (1.2.840.10008.4.2) is one.
    public var serviceClassUID: String
    /// Classes as which its objects may be treated by who does not know it.
    public var relatedGeneralSOPClassUIDs: [String]

    /// An item to propose; it has no answer.
    public init(sopClassUID: String, serviceClassUID: String, relatedGeneralSOPClassUIDs: [String]) {
        self.sopClassUID = sopClassUID
        self.serviceClassUID = serviceClassUID
        self.relatedGeneralSOPClassUIDs = relatedGeneralSOPClassUIDs
    }
}

/// User Identity (PS3.7 §D.3.3.7).
public struct UserIdentity: Equatable, Sendable {
    /// 1 user name, 2 user name and passcode, 3 Kerberos ticket, 4 SAML assertion, 5 JSON web token.
    public var kind: UInt8
    /// The acceptor shall say that it accepted.
    public var wantsResponse: Bool
    /// The user name in UTF-8, the ticket, the assertion or the token, by `kind`.
    public var primary: [UInt8]
    /// The passcode, with kind 2.
    public var secondary: [UInt8]

    /// An identity to offer. Without TLS it can be read on the way.
    public init(kind: UInt8, wantsResponse: Bool, primary: [UInt8], secondary: [UInt8] = []) {
        self.kind = kind
        self.wantsResponse = wantsResponse
        self.primary = primary
        self.secondary = secondary
    }
}

/// Item types of the variable fields (PS3.8 §9.3.2, PS3.7 Annex D.3.3).
enum ItemType {
    static let applicationContext: UInt8 = 0x10
    static let proposedContext: UInt8 = 0x20
    static let answeredContext: UInt8 = 0x21
    static let abstractSyntax: UInt8 = 0x30
    static let transferSyntax: UInt8 = 0x40
    static let userInformation: UInt8 = 0x50
    static let maximumLength: UInt8 = 0x51
    static let implementationClassUID: UInt8 = 0x52
    static let asynchronousOperations: UInt8 = 0x53
    static let roleSelection: UInt8 = 0x54
    static let implementationVersionName: UInt8 = 0x55
    static let extendedNegotiation: UInt8 = 0x56
    static let commonExtendedNegotiation: UInt8 = 0x57
    static let userIdentity: UInt8 = 0x58
    static let userIdentityResponse: UInt8 = 0x59
}
