import DICOMCore
import Foundation
import HilumTesting
import Testing

@testable import DIMSE

/// Every state with every event, against PS3.8 Table 9-10 as pynetdicom holds it
/// (Fixtures/make_transitions.py).
@Suite struct AssociationStateMachineTests {
    private static let request = Requests.associate()
    private static let accept = AssociateAccept(
        calledTitle: nil, callingTitle: nil, contexts: [], user: UserInformation())
    private static let events: [AssociationEvent] = [
        .localAssociateRequest, .transportConnected(request), .acceptReceived(accept), .rejectReceived(.noReason),
        .transportIndication, .requestReceived(request), .localAccept(accept), .localReject(.noReason), .localData,
        .dataReceived, .localReleaseRequest, .releaseRequestReceived, .releaseResponseReceived, .localReleaseResponse,
        .localAbort, .abortReceived(.byUser), .transportClosed, .artimExpired, .invalidPDU(.unrecognizedPDU),
    ]
    private static let states: [[AssociationState]] = [
        [.sta1], [.sta2], [.sta3], [.sta4], [.sta5], [.sta6(.requestor), .sta6(.acceptor)],
        [.sta7(.requestor), .sta7(.acceptor)], [.sta8], [.sta9], [.sta10], [.sta11], [.sta12], [.sta13],
    ]

    private static func table() throws -> [[Int]: String] {
        let file = Workplace.root.appending(path: "Tests/DIMSETests/Fixtures/transitions.csv")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst()
        return Dictionary(
            uniqueKeysWithValues: lines.map { line in
                let fields = line.split(separator: ",")
                return ([Int(fields[0]) ?? 0, Int(fields[1]) ?? 0], String(fields[2]))
            })
    }

    @Test func everyTransitionIsTheStandards() throws {
        let table = try Self.table()
        for (eventIndex, event) in Self.events.enumerated() {
            for (stateIndex, variants) in Self.states.enumerated() {
                for state in variants {
                    var machine = AssociationStateMachine(state: state)
                    let actions = machine.handle(event)
                    let name = table[[eventIndex + 1, stateIndex + 1]]
                    let expected = name.map { Self.expected($0, event, state) } ?? ([], state)
                    #expect(actions == expected.0, "Evt\(eventIndex + 1) in \(state): \(name ?? "nothing")")
                    #expect(machine.state == expected.1, "Evt\(eventIndex + 1) in \(state): \(name ?? "nothing")")
                }
            }
        }
    }

    /// PS3.8 Tables 9-6 to 9-9. Where the standard's AA-1 is about a PDU, ours names the reason, which it leaves open.
    private static func expected(
        _ action: String, _ event: AssociationEvent, _ state: AssociationState
    ) -> ([AssociationAction], AssociationState) {
        let reason: Abort.Reason = event == .invalidPDU(.unrecognizedPDU) ? .unrecognizedPDU : .unexpectedPDU
        return switch action {
        case "AE-1": ([.openTransport], .sta4)
        case "AE-2": ([.send(.associateRequest(request))], .sta5)
        case "AE-3": ([.confirmAssociation(accept)], .sta6(.requestor))
        case "AE-4": ([.confirmRejection(.noReason), .closeTransport], .sta1)
        case "AE-5": ([.startARTIM], .sta2)
        case "AE-6": ([.stopARTIM, .indicateAssociation(request)], .sta3)
        case "AE-7": ([.send(.associateAccept(accept))], .sta6(.acceptor))
        case "AE-8": ([.send(.associateReject(.noReason)), .startARTIM], .sta13)
        case "DT-1", "AR-7": ([.sendData], state)
        case "DT-2", "AR-6": ([.indicateData], state)
        case "AR-1": ([.send(.releaseRequest)], state == .sta6(.acceptor) ? .sta7(.acceptor) : .sta7(.requestor))
        case "AR-2": ([.indicateRelease], .sta8)
        case "AR-3": ([.confirmRelease, .closeTransport], .sta1)
        case "AR-4": ([.send(.releaseResponse), .startARTIM], .sta13)
        case "AR-5": ([.stopARTIM], .sta1)
        case "AR-8": ([.indicateRelease], state == .sta7(.requestor) ? .sta9 : .sta10)
        case "AR-9": ([.send(.releaseResponse)], .sta11)
        case "AR-10": ([.confirmRelease], .sta12)
        case "AA-1":
            ([.send(.abort(event == .localAbort ? .byUser : Abort(reason))), .startARTIM], .sta13)
        case "AA-2": ([.stopARTIM, .closeTransport], .sta1)
        case "AA-3": ([.indicateAbort(.byUser), .closeTransport], .sta1)
        case "AA-4": ([.indicateProviderAbort(.connectionClosed)], .sta1)
        case "AA-5": ([.stopARTIM], .sta1)
        case "AA-6": ([], .sta13)
        case "AA-7": ([.send(.abort(Abort(reason)))], .sta13)
        case "AA-8":
            ([.send(.abort(Abort(reason))), .indicateProviderAbort(.sent(reason)), .startARTIM], .sta13)
        default: ([], state)
        }
    }

    @Test func anotherProtocolVersionIsRejected() {
        var request = Self.request
        request.protocolVersion = 2
        var machine = AssociationStateMachine(state: .sta2)
        let actions = machine.handle(.requestReceived(request))
        #expect(actions == [.stopARTIM, .send(.associateReject(.protocolVersionNotSupported)), .startARTIM])
        #expect(machine.state == .sta13)
    }
}
