public import DICOMCore

/// Command Field (0000,0100) values (PS3.7 §E.1).
public enum CommandField: UInt16, Sendable {
    case storeRequest = 0x0001
    case storeResponse = 0x8001
    case getRequest = 0x0010
    case getResponse = 0x8010
    case findRequest = 0x0020
    case findResponse = 0x8020
    case moveRequest = 0x0021
    case moveResponse = 0x8021
    case echoRequest = 0x0030
    case echoResponse = 0x8030
    case eventReportRequest = 0x0100
    case eventReportResponse = 0x8100
    case getAttributesRequest = 0x0110
    case getAttributesResponse = 0x8110
    case setRequest = 0x0120
    case setResponse = 0x8120
    case actionRequest = 0x0130
    case actionResponse = 0x8130
    case createRequest = 0x0140
    case createResponse = 0x8140
    case deleteRequest = 0x0150
    case deleteResponse = 0x8150
    case cancelRequest = 0x0FFF
}

/// A C-STORE request (PS3.7 §9.3.1.1) and the syntax of the presentation context that it came on.
public struct StoreRequest: Sendable, Equatable {
    /// The peer's number for the request, repeated in the response.
    public var messageID: UInt16
    /// Affected SOP Class UID (0000,0002).
    public var sopClassUID: UID
    /// Affected SOP Instance UID (0000,1000).
    public var sopInstanceUID: UID
    /// The presentation context's: the data set is written in it.
    public var transferSyntax: TransferSyntax
    /// (0000,0700). A listener treats all alike.
    public var priority: Priority
    /// The C-MOVE that made the peer send this.
    public var moveOriginator: MoveOriginator?

    /// Values of Priority (PS3.7 §9.3.1.1).
    public enum Priority: UInt16, Sendable {
        case medium = 0
        case high = 1
        case low = 2
    }

    /// Who asked the peer to send, and by which message.
    public struct MoveOriginator: Sendable, Equatable {
        /// Move Originator Application Entity Title (0000,1030).
        public var title: AETitle
        /// Move Originator Message ID (0000,1031).
        public var messageID: UInt16

        /// The originator that a C-MOVE SCP names.
        public init(title: AETitle, messageID: UInt16) {
            self.title = title
            self.messageID = messageID
        }
    }

    /// A request made without a peer: a client's, or a test's.
    public init(
        messageID: UInt16, sopClassUID: UID, sopInstanceUID: UID, transferSyntax: TransferSyntax,
        priority: Priority = .medium, moveOriginator: MoveOriginator? = nil
    ) {
        self.messageID = messageID
        self.sopClassUID = sopClassUID
        self.sopInstanceUID = sopInstanceUID
        self.transferSyntax = transferSyntax
        self.priority = priority
        self.moveOriginator = moveOriginator
    }

    /// Nil when the command lacks what a C-STORE must have.
    init?(_ command: CommandSet, transferSyntax: TransferSyntax) {
        guard let messageID = command[short: .messageID], let sopClass = command[uid: .affectedSOPClassUID],
            let instance = command[uid: .affectedSOPInstanceUID]
        else { return nil }
        self.init(
            messageID: messageID, sopClassUID: sopClass, sopInstanceUID: instance, transferSyntax: transferSyntax,
            priority: command[short: .priority].flatMap(Priority.init(rawValue:)) ?? .medium)
        if let title = command[text: .moveOriginatorApplicationEntityTitle].flatMap({ AETitle($0) }),
            let id = command[short: .moveOriginatorMessageID]
        {
            moveOriginator = MoveOriginator(title: title, messageID: id)
        }
    }

    var command: CommandSet {
        var command = CommandSet(.storeRequest, messageID: messageID, hasDataSet: true)
        command[uid: .affectedSOPClassUID] = sopClassUID
        command[uid: .affectedSOPInstanceUID] = sopInstanceUID
        command[short: .priority] = priority.rawValue
        if let moveOriginator {
            command[text: .moveOriginatorApplicationEntityTitle] = moveOriginator.title.string
            command[short: .moveOriginatorMessageID] = moveOriginator.messageID
        }
        return command
    }
}

extension CommandSet {
    /// Command Data Set Type (0000,0800) of a command that no data set follows.
    static let noDataSet: UInt16 = 0x0101

    init(_ field: CommandField, messageID: UInt16, hasDataSet: Bool = false) {
        self.init()
        self[short: .commandField] = field.rawValue
        self[short: .messageID] = messageID
        self[short: .commandDataSetType] = hasDataSet ? 0x0000 : Self.noDataSet
    }

    /// The answer to `request`: its field with the high bit set, its message and SOP class and instance.
    init(respondingTo request: CommandSet, _ status: DIMSEStatus) {
        self.init()
        self[short: .commandField] = (request[short: .commandField] ?? 0) | 0x8000
        self[short: .messageIDBeingRespondedTo] = request[short: .messageID] ?? 0
        self[uid: .affectedSOPClassUID] = request[uid: .affectedSOPClassUID] ?? request[uid: .requestedSOPClassUID]
        self[uid: .affectedSOPInstanceUID] =
            request[uid: .affectedSOPInstanceUID] ?? request[uid: .requestedSOPInstanceUID]
        self[short: .commandDataSetType] = Self.noDataSet
        self[short: .status] = status.code
        if let comment = status.comment { self[text: .errorComment] = Self.comment(comment) }
    }

    /// VR LO: 64 characters at most, no backslash, and ASCII since no character set can be named.
    private static func comment(_ text: String) -> String {
        String(text.map { $0.isASCII && $0 != "\\" && !$0.isNewline ? $0 : "?" }.prefix(64))
    }

    var field: CommandField? { self[short: .commandField].flatMap(CommandField.init(rawValue:)) }
    var hasDataSet: Bool { self[short: .commandDataSetType] != Self.noDataSet }
    var isResponse: Bool { (self[short: .commandField] ?? 0) & 0x8000 != 0 }

    /// Of the same kind, to the same message and, where it names one, about the same instance (PS3.7 §9.1.1.2): an answer to
    /// something else says nothing of what was sent.
    func responds(to request: CommandSet) -> Bool {
        let instance = self[uid: .affectedSOPInstanceUID]
        return self[short: .commandField] == request[short: .commandField].map { $0 | 0x8000 }
            && self[short: .messageIDBeingRespondedTo] == request[short: .messageID]
            && (instance == nil || instance == request[uid: .affectedSOPInstanceUID])
    }

    /// The peer's words without what a terminal or a log would take for something else.
    var status: DIMSEStatus? {
        self[short: .status].map { code in
            let comment = self[text: .errorComment].map { text in
                String(
                    text.map {
                        $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) }
                            ? $0 : "?"
                    })
            }
            return DIMSEStatus(code: code, comment: comment)
        }
    }
}
