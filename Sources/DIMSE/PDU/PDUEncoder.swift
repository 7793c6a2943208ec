import DICOMCore
import NIOCore

extension PDU {
    func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .associateRequest(let request):
            buffer.writePDU(.associateRequest) { $0.write(request) }
        case .associateAccept(let accept):
            buffer.writePDU(.associateAccept) { $0.write(accept) }
        case .associateReject(let reject):
            buffer.writePDU(.associateReject) {
                $0.writeBytes([0, reject.result.rawValue, reject.source, reject.reason])
            }
        case .releaseRequest:
            buffer.writePDU(.releaseRequest) { $0.writeBytes([0, 0, 0, 0]) }
        case .releaseResponse:
            buffer.writePDU(.releaseResponse) { $0.writeBytes([0, 0, 0, 0]) }
        case .abort(let abort):
            buffer.writePDU(.abort) { $0.writeBytes([0, 0, abort.byProvider ? 2 : 0, abort.reason]) }
        }
    }
}

/// Writes P-DATA-TF (PS3.8 §9.3.5), each with one presentation data value.
enum DataTransfer {
    /// PDU header and PDV header: what the receiver's maximum length must leave room for is the latter six bytes.
    static let headerLength = 12

    /// The headers before `length` bytes of data.
    static func writeHeader(
        into buffer: inout ByteBuffer, contextID: UInt8, isCommand: Bool, isLast: Bool, length: Int
    ) {
        buffer.writeInteger(PDU.Kind.dataTransfer.rawValue)
        buffer.writeInteger(UInt8(0))
        buffer.writeInteger(UInt32(clamping: length + 6))
        buffer.writeInteger(UInt32(clamping: length + 2))
        buffer.writeInteger(contextID)
        buffer.writeInteger(UInt8(isCommand ? 1 : 0) | (isLast ? 2 : 0))
    }

    /// The most data that a PDV may carry to a receiver of this maximum length.
    static func room(maximumLength: UInt32?, ours: Int) -> Int {
        let theirs = maximumLength.flatMap { $0 == 0 ? nil : Int($0) } ?? ours
        // A peer that announces less than any command needs gets minimal PDVs, never a negative size.
        return max(2, min(theirs, ours) - 6) & ~1
    }
}

extension ByteBuffer {
    fileprivate mutating func writePDU(_ kind: PDU.Kind, _ body: (inout ByteBuffer) -> Void) {
        writeInteger(kind.rawValue)
        writeInteger(UInt8(0))
        let lengthAt = writerIndex
        writeInteger(UInt32(0))
        body(&self)
        setInteger(UInt32(clamping: writerIndex - lengthAt - 4), at: lengthAt)
    }

    /// Content longer than an item's 16-bit length can say is cut; nothing that we send comes near.
    fileprivate mutating func writeItem(_ type: UInt8, _ body: (inout ByteBuffer) -> Void) {
        writeInteger(type)
        writeInteger(UInt8(0))
        writeField(body)
    }

    fileprivate mutating func writeField(_ body: (inout ByteBuffer) -> Void) {
        let lengthAt = writerIndex
        writeInteger(UInt16(0))
        body(&self)
        let limit = lengthAt + 2 + Int(UInt16.max)
        if writerIndex > limit { moveWriterIndex(to: limit) }
        setInteger(UInt16(clamping: writerIndex - lengthAt - 2), at: lengthAt)
    }

    fileprivate mutating func writeText(_ type: UInt8, _ text: String) {
        writeItem(type) { $0.writeString(text) }
    }

    private mutating func writeHead(_ version: UInt16, _ called: AETitle?, _ calling: AETitle?) {
        writeInteger(version)
        writeInteger(UInt16(0))
        for title in [called, calling] {
            let bytes = Array((title?.string ?? "").utf8)
            writeBytes(bytes + [UInt8](repeating: UInt8(ascii: " "), count: 16 - min(16, bytes.count)))
        }
        writeRepeatingByte(0, count: 32)
    }

    fileprivate mutating func write(_ request: AssociateRequest) {
        writeHead(request.protocolVersion, request.calledTitle, request.callingTitle)
        writeText(ItemType.applicationContext, request.applicationContext)
        for context in request.contexts {
            writeItem(ItemType.proposedContext) {
                $0.writeBytes([context.id, 0, 0, 0])
                $0.writeText(ItemType.abstractSyntax, context.abstractSyntax)
                for syntax in context.transferSyntaxes { $0.writeText(ItemType.transferSyntax, syntax) }
            }
        }
        writeItem(ItemType.userInformation) { $0.write(request.user) }
    }

    fileprivate mutating func write(_ accept: AssociateAccept) {
        writeHead(accept.protocolVersion, accept.calledTitle, accept.callingTitle)
        writeText(ItemType.applicationContext, accept.applicationContext)
        for context in accept.contexts {
            writeItem(ItemType.answeredContext) {
                $0.writeBytes([context.id, 0, context.result.rawValue, 0])
                $0.writeText(ItemType.transferSyntax, context.transferSyntax)
            }
        }
        writeItem(ItemType.userInformation) { $0.write(accept.user) }
    }

    private mutating func write(_ user: UserInformation) {
        if let length = user.maximumLength {
            writeItem(ItemType.maximumLength) { $0.writeInteger(length) }
        }
        if let uid = user.implementationClassUID { writeText(ItemType.implementationClassUID, uid.string) }
        if let window = user.asynchronousOperations {
            writeItem(ItemType.asynchronousOperations) { $0.writeMultipleIntegers(window.invoked, window.performed) }
        }
        for role in user.roles {
            writeItem(ItemType.roleSelection) {
                $0.writeField { $0.writeString(role.sopClassUID) }
                $0.writeBytes([role.asSCU ? 1 : 0, role.asSCP ? 1 : 0])
            }
        }
        if let name = user.implementationVersionName {
            writeText(ItemType.implementationVersionName, String(name.prefix(16)))
        }
        writeNegotiations(user)
    }

    private mutating func writeNegotiations(_ user: UserInformation) {
        for extended in user.extended {
            writeItem(ItemType.extendedNegotiation) {
                $0.writeField { $0.writeString(extended.sopClassUID) }
                $0.writeBytes(extended.information)
            }
        }
        for common in user.commonExtended {
            writeItem(ItemType.commonExtendedNegotiation) {
                $0.writeField { $0.writeString(common.sopClassUID) }
                $0.writeField { $0.writeString(common.serviceClassUID) }
                $0.writeField {
                    for uid in common.relatedGeneralSOPClassUIDs { $0.writeField { $0.writeString(uid) } }
                }
            }
        }
        if let identity = user.identity {
            writeItem(ItemType.userIdentity) {
                $0.writeBytes([identity.kind, identity.wantsResponse ? 1 : 0])
                $0.writeField { $0.writeBytes(identity.primary) }
                $0.writeField { $0.writeBytes(identity.secondary) }
            }
        }
        if let response = user.identityResponse {
            writeItem(ItemType.userIdentityResponse) { $0.writeField { $0.writeBytes(response) } }
        }
    }
}
