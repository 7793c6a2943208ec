import DICOMCore
import NIOCore

extension PDU {
    /// The PDU of this kind from its variable field.
    init(_ kind: Kind, _ body: inout ByteBuffer) throws(UpperLayerError) {
        switch kind {
        case .associateRequest: self = .associateRequest(try AssociateRequest(&body))
        case .associateAccept: self = .associateAccept(try AssociateAccept(&body))
        case .associateReject:
            let (result, source, reason) = try body.readVerdict()
            // A result that Table 9-21 doesn't know is a rejection all the same.
            self = .associateReject(
                AssociateReject(AssociateReject.Result(rawValue: result) ?? .permanent, source: source, reason: reason))
        case .releaseRequest: self = .releaseRequest
        case .releaseResponse: self = .releaseResponse
        case .abort:
            let (_, source, reason) = try body.readVerdict()
            self = .abort(Abort(byProvider: source != 0, reason: reason))
        case .dataTransfer:
            throw .protocolViolation(.unexpectedPDU, "P-DATA-TF outside an association")
        }
    }
}

extension AssociateRequest {
    init(_ body: inout ByteBuffer) throws(UpperLayerError) {
        let head = try AssociateHead(&body)
        self.init(calledTitle: head.called, callingTitle: head.calling, contexts: [], user: UserInformation())
        protocolVersion = head.protocolVersion
        applicationContext = ""
        try body.readItems { type, item throws(UpperLayerError) in
            switch type {
            case ItemType.applicationContext: applicationContext = item.readUIDText()
            case ItemType.proposedContext:
                guard contexts.count < 128 else {
                    throw .protocolViolation(.invalidPDUParameterValue, "more than 128 presentation contexts")
                }
                contexts.append(try ProposedContext(&item))
            case ItemType.userInformation: user = try UserInformation(&item)
            default: break
            }
        }
        guard Set(contexts.map(\.id)).count == contexts.count, contexts.allSatisfy({ $0.id & 1 == 1 }) else {
            throw .protocolViolation(.invalidPDUParameterValue, "presentation context ids that are even or used twice")
        }
    }
}

extension AssociateAccept {
    init(_ body: inout ByteBuffer) throws(UpperLayerError) {
        let head = try AssociateHead(&body)
        self.init(calledTitle: head.called, callingTitle: head.calling, contexts: [], user: UserInformation())
        protocolVersion = head.protocolVersion
        applicationContext = ""
        try body.readItems { type, item throws(UpperLayerError) in
            switch type {
            case ItemType.applicationContext: applicationContext = item.readUIDText()
            case ItemType.answeredContext: contexts.append(try AnsweredContext(&item))
            case ItemType.userInformation: user = try UserInformation(&item)
            default: break
            }
        }
    }
}

/// What A-ASSOCIATE-RQ and -AC begin with.
private struct AssociateHead {
    var protocolVersion: UInt16
    var called: AETitle?
    var calling: AETitle?

    init(_ body: inout ByteBuffer) throws(UpperLayerError) {
        guard let version = body.readInteger(as: UInt16.self), body.readSlice(length: 2) != nil,
            let called = body.readString(length: 16), let calling = body.readString(length: 16),
            body.readSlice(length: 32) != nil
        else { throw .cutOff("an association PDU") }
        protocolVersion = version
        // Some peers pad with nulls.
        self.called = AETitle(called.replacing("\0", with: " "))
        self.calling = AETitle(calling.replacing("\0", with: " "))
    }
}

extension ProposedContext {
    fileprivate init(_ item: inout ByteBuffer) throws(UpperLayerError) {
        guard let id = item.readInteger(as: UInt8.self), item.readSlice(length: 3) != nil else {
            throw .cutOff("a presentation context")
        }
        self.init(id: id, abstractSyntax: "", transferSyntaxes: [])
        try item.readItems { type, subitem throws(UpperLayerError) in
            switch type {
            case ItemType.abstractSyntax: abstractSyntax = subitem.readUIDText()
            case ItemType.transferSyntax: transferSyntaxes.append(subitem.readUIDText())
            default: break
            }
        }
    }
}

extension AnsweredContext {
    fileprivate init(_ item: inout ByteBuffer) throws(UpperLayerError) {
        guard let id = item.readInteger(as: UInt8.self), item.readSlice(length: 1) != nil,
            let result = item.readInteger(as: UInt8.self), item.readSlice(length: 1) != nil
        else { throw .cutOff("a presentation context") }
        self.init(id: id, result: Result(rawValue: result) ?? .noReason, transferSyntax: "")
        try item.readItems { type, subitem throws(UpperLayerError) in
            if type == ItemType.transferSyntax { transferSyntax = subitem.readUIDText() }
        }
    }
}

extension UserInformation {
    fileprivate init(_ item: inout ByteBuffer) throws(UpperLayerError) {
        self.init()
        try item.readItems { type, subitem throws(UpperLayerError) in try take(type, &subitem) }
    }

    private mutating func take(_ type: UInt8, _ item: inout ByteBuffer) throws(UpperLayerError) {
        switch type {
        case ItemType.maximumLength: maximumLength = try item.read("a maximum length")
        case ItemType.implementationClassUID: implementationClassUID = UID(item.readUIDText())
        case ItemType.implementationVersionName: implementationVersionName = item.readUIDText()
        case ItemType.asynchronousOperations:
            asynchronousOperations = AsynchronousOperationsWindow(
                invoked: try item.read("an operations window"), performed: try item.read("an operations window"))
        case ItemType.roleSelection:
            let uid = try item.readField("a role selection").readUIDText()
            let scu: UInt8 = try item.read("a role selection")
            let scp: UInt8 = try item.read("a role selection")
            roles.append(RoleSelection(sopClassUID: uid, asSCU: scu == 1, asSCP: scp == 1))
        case ItemType.extendedNegotiation:
            let uid = try item.readField("an extended negotiation").readUIDText()
            extended.append(ExtendedNegotiation(sopClassUID: uid, information: Array(item.readableBytesView)))
        case ItemType.commonExtendedNegotiation: try takeCommonExtended(&item)
        case ItemType.userIdentity:
            let kind: UInt8 = try item.read("a user identity")
            let wantsResponse: UInt8 = try item.read("a user identity")
            identity = UserIdentity(
                kind: kind, wantsResponse: wantsResponse == 1,
                primary: Array(try item.readField("a user identity").readableBytesView),
                secondary: Array(try item.readField("a user identity").readableBytesView))
        case ItemType.userIdentityResponse:
            identityResponse = Array(try item.readField("a user identity response").readableBytesView)
        default: break
        }
    }

    private mutating func takeCommonExtended(_ item: inout ByteBuffer) throws(UpperLayerError) {
        let name = "a common extended negotiation"
        var common = CommonExtendedNegotiation(
            sopClassUID: try item.readField(name).readUIDText(),
            serviceClassUID: try item.readField(name).readUIDText(),
            relatedGeneralSOPClassUIDs: [])
        var related = try item.readField(name)
        while related.readableBytes > 0 {
            common.relatedGeneralSOPClassUIDs.append(try related.readField(name).readUIDText())
        }
        commonExtended.append(common)
    }
}

extension UpperLayerError {
    fileprivate static func cutOff(_ what: String) -> UpperLayerError {
        .protocolViolation(.invalidPDUParameterValue, "\(what) that ends too early")
    }
}

extension ByteBuffer {
    /// Items of one byte type, one reserved byte, a 16-bit length and content, to the end.
    fileprivate mutating func readItems(
        _ body: (UInt8, inout ByteBuffer) throws(UpperLayerError) -> Void
    ) throws(UpperLayerError) {
        while readableBytes > 0 {
            guard let type = readInteger(as: UInt8.self), readInteger(as: UInt8.self) != nil,
                let length = readInteger(as: UInt16.self), var content = readSlice(length: Int(length))
            else { throw .cutOff("an item") }
            try body(type, &content)
        }
    }

    /// Text of a UID or name, to the end, without padding.
    fileprivate func readUIDText() -> String {
        String(decoding: readableBytesView.filter { $0 != 0 && $0 != UInt8(ascii: " ") }, as: UTF8.self)
    }

    /// A field with a 16-bit length before it.
    fileprivate mutating func readField(_ name: String) throws(UpperLayerError) -> ByteBuffer {
        guard let length = readInteger(as: UInt16.self), let field = readSlice(length: Int(length)) else {
            throw .cutOff(name)
        }
        return field
    }

    fileprivate mutating func read<Number: FixedWidthInteger>(_ name: String) throws(UpperLayerError) -> Number {
        guard let number = readInteger(as: Number.self) else { throw .cutOff(name) }
        return number
    }

    /// The four bytes of A-ASSOCIATE-RJ and A-ABORT.
    fileprivate mutating func readVerdict() throws(UpperLayerError) -> (UInt8, UInt8, UInt8) {
        guard readableBytes >= 4, readInteger(as: UInt8.self) != nil, let first = readInteger(as: UInt8.self),
            let second = readInteger(as: UInt8.self), let third = readInteger(as: UInt8.self)
        else { throw .cutOff("a PDU") }
        return (first, second, third)
    }
}
