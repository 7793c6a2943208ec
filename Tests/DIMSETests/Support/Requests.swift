import DICOMCore

@testable import DIMSE

enum Requests {
    static let contexts = [
        ProposedContext(id: 1, SOPClass.ctImageStorage.uid, [.explicitVRLittleEndian]),
        ProposedContext(id: 3, SOPClass.verification.uid, [.implicitVRLittleEndian]),
    ]

    static func associate(
        called: String = "HILUM", calling: String = "PEER", contexts: [ProposedContext] = contexts,
        user: UserInformation = UserInformation(maximumLength: 16384)
    ) -> AssociateRequest {
        AssociateRequest(
            calledTitle: AETitle(called), callingTitle: AETitle(calling), contexts: contexts, user: user)
    }

    static var store: StoreRequest {
        StoreRequest(
            messageID: 7, sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID(known: "1.2.3"),
            transferSyntax: .explicitVRLittleEndian)
    }

    static var echo: CommandSet {
        var command = CommandSet(.echoRequest, messageID: 5)
        command[uid: .affectedSOPClassUID] = SOPClass.verification.uid
        return command
    }
}
