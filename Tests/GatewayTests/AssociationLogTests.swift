import DICOMCore
import DIMSE
import Foundation
import GatewayStore
import HilumTesting
import Logging
import Testing

@testable import Gateway

/// What an operator reads of those who could not get in: who, from where, and what to do.
struct AssociationLogTests {
    private func withListener(
        _ change: (inout GatewayConfiguration) -> Void = { _ in },
        _ body: (Int, LogDouble, NodeStatus) async throws -> Void
    ) async throws {
        try await withNode { node async throws in
            let log = LogDouble()
            let status = NodeStatus()
            var configuration = GatewayConfiguration()
            configuration.node.host = "127.0.0.1"
            configuration.node.port = 0
            configuration.peers = [PeerRule(title: AETitle(known: "CT1"))]
            change(&configuration)
            let logger = Logger(label: "test") { _ in log }
            let listener = AssociationListener(
                configuration: configuration.ports[0],
                provider: SpoolReceiverProvider(
                    reception: Reception(store: node.store, settings: configuration.reception), status: status,
                    logger: logger), logger: logger)
            let port = try await listener.bind()
            try await body(port, log, status)
            await listener.close(grace: .seconds(1))
        }
    }

    private func connect(_ port: Int, calling: StaticString, called: StaticString = "HILUM") async throws {
        let peer = ClientConfiguration(
            host: "127.0.0.1", port: port, calledAE: AETitle(known: called), callingAE: AETitle(known: calling))
        let client = try await DIMSEClient.connect(
            to: peer,
            contexts: [
                ProposedContext(
                    id: 1, abstractSyntax: SOPClass.verification.uid.string,
                    transferSyntaxes: [TransferSyntax.implicitVRLittleEndian.uid.string])
            ])
        await client.release()
    }

    @Test func whoIsTurnedAwayStandsInTheLogWithAddressTitlesAndAdvice() async throws {
        try await withListener { port, log, _ in
            var lines = log.lines.makeAsyncIterator()
            await #expect(throws: UpperLayerError.self) { try await connect(port, calling: "CT2") }
            #expect(
                await lines.next() == """
                    warning: association rejected: no peer of this title may call from this address, or with this \
                    certificate; add it to peers called=HILUM calling=CT2 peer=127.0.0.1
                    """)
            await #expect(throws: UpperLayerError.self) { try await connect(port, calling: "CT1", called: "OTHER") }
            let line = try #require(await lines.next())
            let test = "AssociationLogTests.whoIsTurnedAwayStandsInTheLogWithAddressTitlesAndAdvice"
            #expect(try Troubleshooting.names(line, for: test), "\(line)")
            #expect(line.contains("add it to node.ae_titles") && line.contains("called=OTHER calling=CT1"))
        }
    }

    @Test func aPeerThatSpeaksNoDICOMOrNoTLSIsAWarningWithItsAddress() async throws {
        try await withListener { port, log, _ in
            var lines = log.lines.makeAsyncIterator()
            _ = try #require(Tool("curl")).run(["-s", "--max-time", "5", "http://127.0.0.1:\(port)/"])
            let line = try #require(await lines.next())
            #expect(line.hasPrefix("warning: connection without an association: ") && line.hasSuffix("peer=127.0.0.1"))
        }
    }

    @Test func associationsAreCountedWhileTheyLast() async throws {
        try await withListener { port, _, status in
            try await connect(port, calling: "CT1")
            while status.value.openAssociations != 0 { await Task.yield() }
            #expect(status.value.openAssociations == 0)
        }
    }

    @Test(arguments: [
        AssociateReject.applicationContextNotSupported, .callingTitleNotRecognized, .calledTitleNotRecognized,
        .identityNotAccepted, .temporaryCongestion, .localLimitExceeded,
    ])
    func everyRejectionHasAReasonAndAnAdvice(reject: AssociateReject) {
        let rejection = AssociationRejection(reject, callingAE: nil, calledAE: nil, peerAddress: "10.0.0.1")
        #expect(!rejection.advice.isEmpty)
        #expect(reject.label != "other")
    }
}
