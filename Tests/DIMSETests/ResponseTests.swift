import DICOMCore
import Testing

@testable import DIMSE

/// An answer to something else says nothing of what was sent.
@Suite struct ResponseTests {
    private let request = StoreRequest(
        messageID: 7, sopClassUID: SOPClass.ctImageStorage.uid, sopInstanceUID: UID(known: "1.2.3"),
        transferSyntax: .explicitVRLittleEndian
    ).command

    @Test func theAnswerToTheRequestIsOne() {
        let response = CommandSet(respondingTo: request, .success)
        #expect(response.responds(to: request))
        var short = response
        short[uid: .affectedSOPInstanceUID] = nil
        #expect(short.responds(to: request), "the instance need not be named")
    }

    @Test("Another kind, another message and another instance are no answer")
    func others() {
        var response = CommandSet(respondingTo: request, .success)
        response[short: .commandField] = CommandField.echoRequest.rawValue | 0x8000
        #expect(!response.responds(to: request))
        response = CommandSet(respondingTo: request, .success)
        response[short: .messageIDBeingRespondedTo] = 8
        #expect(!response.responds(to: request))
        response = CommandSet(respondingTo: request, .success)
        response[uid: .affectedSOPInstanceUID] = UID(known: "1.2.4")
        #expect(!response.responds(to: request))
    }

    @Test("A peer's comment reaches neither terminal nor log as anything but letters")
    func comments() throws {
        var response = CommandSet(respondingTo: request, .outOfResources)
        response[text: .errorComment] = "full\u{1B}[2J\r\nok"
        #expect(response.status?.comment == "full?[2J?ok")
    }
}
