public import DICOMCore

/// The user information item (PS3.8 §9.3.2.3, PS3.7 Annex D.3.3): what both sides say beside contexts.
public struct UserInformation: Equatable, Sendable {
    /// The longest P-DATA-TF variable field that the sender of this item takes; 0 or nil: no limit.
    public var maximumLength: UInt32?
    public var implementationClassUID: UID?
    public var implementationVersionName: String?
    public var asynchronousOperations: AsynchronousOperationsWindow?
    public var roles: [RoleSelection] = []
    public var extended: [ExtendedNegotiation] = []
    public var commonExtended: [CommonExtendedNegotiation] = []
    public var identity: UserIdentity?
    /// The acceptor's answer to an identity of which a response was requested.
    public var identityResponse: [UInt8]?

    public init() {}

    /// What Hilum says about itself.
    public init(maximumLength: UInt32) {
        self.maximumLength = maximumLength
        implementationClassUID = Implementation.classUID
        implementationVersionName = Implementation.versionName
    }
}

/// PS3.7 §D.3.3.3. Zero: no limit.
public struct AsynchronousOperationsWindow: Equatable, Sendable {
    public var invoked: UInt16
    public var performed: UInt16

    public init(invoked: UInt16, performed: UInt16) {
        self.invoked = invoked
        self.performed = performed
    }
}

/// SCP/SCU Role Selection (PS3.7 §D.3.3.4), from the requestor's side of the association.
public struct RoleSelection: Equatable, Sendable {
    public var sopClassUID: String
    public var asSCU: Bool
    public var asSCP: Bool

    public init(sopClassUID: String, asSCU: Bool, asSCP: Bool) {
        self.sopClassUID = sopClassUID
        self.asSCU = asSCU
        self.asSCP = asSCP
    }
}

/// SOP Class Extended Negotiation (PS3.7 §D.3.3.5).
public struct ExtendedNegotiation: Equatable, Sendable {
    public var sopClassUID: String
    public var information: [UInt8]

    public init(sopClassUID: String, information: [UInt8]) {
        self.sopClassUID = sopClassUID
        self.information = information
    }
}

/// SOP Class Common Extended Negotiation (PS3.7 §D.3.3.6): says to which service a class belongs.
public struct CommonExtendedNegotiation: Equatable, Sendable {
    public var sopClassUID: String
    public var serviceClassUID: String
    public var relatedGeneralSOPClassUIDs: [String]

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
    public var wantsResponse: Bool
    public var primary: [UInt8]
    /// The passcode, with kind 2.
    public var secondary: [UInt8]

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
