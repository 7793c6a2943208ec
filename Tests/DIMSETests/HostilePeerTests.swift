import DICOMCore
import Foundation
import HilumTesting
import NIOCore
import Testing

@testable import DIMSE

/// Peers that do what no peer should: the association ends with a reason, nothing is left, and others are served.
@Suite struct HostilePeerTests {
    /// Connects, associates, misbehaves, and gives what the listener answered after accepting.
    private func outcome(
        _ configuration: ListenerConfiguration = .loopback(), provider: MemoryProvider = MemoryProvider(),
        _ misbehave: (RawPeer) async throws -> Void
    ) async throws -> [PDUDecoder.Output] {
        try await withListener(provider, configuration) { port, _ in
            let peer = try await RawPeer(port: port)
            try await peer.send(.associateRequest(Requests.associate()))
            try await misbehave(peer)
            let outputs = try await peer.outputsUntilClosed()
            guard case .pdu(.associateAccept) = outputs.first else {
                Issue.record("not accepted: \(outputs)")
                return []
            }
            return Array(outputs.dropFirst())
        } as [PDUDecoder.Output]
    }

    private func abort(_ reason: Abort.Reason) -> [PDUDecoder.Output] { [.pdu(.abort(Abort(reason)))] }

    @Test func aPDUOverTheMaximumIsAborted() async throws {
        let outputs = try await outcome(.loopback { $0.policy.maximumLength = 16384 }) {
            try await $0.sendData([UInt8](repeating: 0, count: 20000), isCommand: true)
        }
        #expect(outputs == abort(.invalidPDUParameterValue))
    }

    @Test func dataForAnUnknownContextIsAborted() async throws {
        let outputs = try await outcome {
            try await $0.sendData([1, 2], contextID: 99, isCommand: true)
        }
        #expect(outputs == abort(.unexpectedPDUParameter))
    }

    @Test func interleavedFragmentsAreAborted() async throws {
        let provider = MemoryProvider()
        let outputs = try await outcome(provider: provider) {
            try await $0.sendData(Requests.store.command.encode(), isCommand: true)
            try await $0.sendData([1, 2, 3, 4], isCommand: false, isLast: false)
            try await $0.sendData(Requests.echo.encode(), contextID: 3, isCommand: true)
        }
        #expect(outputs == abort(.unexpectedPDUParameter))
        await provider.waitForAbandoned(1)
        #expect(provider.received.isEmpty)
    }

    @Test func aCommandWithoutItsDataSetIsAborted() async throws {
        let outputs = try await outcome {
            try await $0.sendData(Requests.store.command.encode(), isCommand: true)
            try await $0.sendData(Requests.store.command.encode(), isCommand: true)
        }
        #expect(outputs == abort(.unexpectedPDUParameter))
    }

    @Test func aDataSetWithoutACommandIsAborted() async throws {
        let outputs = try await outcome { try await $0.sendData([1, 2], isCommand: false) }
        #expect(outputs == abort(.unexpectedPDUParameter))
    }

    @Test func aSecondRequestIsAborted() async throws {
        let outputs = try await outcome {
            try await $0.send(.associateRequest(Requests.associate()))
        }
        #expect(outputs == abort(.unexpectedPDU))
    }

    @Test func anIdleAssociationIsAborted() async throws {
        let outputs = try await outcome(.loopback { $0.times.idle = .milliseconds(100) }) { _ in }
        #expect(outputs == [.pdu(.abort(.byUser))])
    }

    @Test func aCommandThatIsNoCommandSetIsAborted() async throws {
        let outputs = try await outcome {
            try await $0.sendData([UInt8](repeating: 0xFF, count: 64), isCommand: true)
        }
        #expect(outputs == abort(.invalidPDUParameterValue))
    }

    @Test(arguments: ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}hello", "XXXXXXXXXXXX"])
    func garbageFirstBytesAreAborted(_ text: String) async throws {
        try await withListener(MemoryProvider()) { port, _ in
            let peer = try await RawPeer(port: port)
            try await peer.send(Array(text.utf8))
            #expect(try await peer.outputsUntilClosed() == abort(.unrecognizedPDU))
        }
    }

    @Test func aRequestThatClaimsGigabytesIsAborted() async throws {
        try await withListener(MemoryProvider()) { port, _ in
            let peer = try await RawPeer(port: port)
            try await peer.send([1, 0, 0x7F, 0xFF, 0xFF, 0xFF])
            #expect(try await peer.outputsUntilClosed() == abort(.invalidPDUParameterValue))
        }
    }

    @Test func whoConnectsAndSaysNothingIsDisconnected() async throws {
        try await withListener(MemoryProvider(), .loopback { $0.times.artim = .milliseconds(100) }) { port, _ in
            let peer = try await RawPeer(port: port)
            #expect(try await peer.outputsUntilClosed().isEmpty)
        }
    }

    /// Else the answers would pile up in memory as fast as the network brings requests, and the association, which is
    /// never idle then, would never end.
    @Test(.timeLimit(.minutes(2))) func whoTakesNoAnswersIsNotReadFrom() async throws {
        let provider = MemoryProvider()
        let configuration = ListenerConfiguration.loopback {
            $0.times.idle = .seconds(1)
            // It runs from the connection to the request too, and a busy machine may take its time between them.
            $0.times.artim = .seconds(5)
        }
        let command = Requests.echo.encode()
        var echo = ByteBuffer()
        DataTransfer.writeHeader(into: &echo, contextID: 3, isCommand: true, isLast: true, length: command.count)
        echo.writeBytes(command)
        let requests = Array([[UInt8]](repeating: Array(echo.readableBytesView), count: 100_000).joined())
        try await withListener(provider, configuration) { port, _ in
            let peer = try await RawPeer(port: port, reads: false)
            try await peer.send(.associateRequest(Requests.associate()))
            // Until the abort, after which what still comes is thrown away, has closed the connection.
            await #expect(throws: (any Error).self) { while true { try await peer.send(requests) } }
            await provider.waitForClosed(1)
        }
    }

    @Test func whoOpensConnectionsAndSaysNothingLocksOutNobodyElse() async throws {
        let configuration = ListenerConfiguration.loopback {
            $0.maximumConnections = 6
            $0.spareConnections = 0
            $0.policy.maximumAssociations = 2
        }
        try await withListener(MemoryProvider(), configuration) { port, _ in
            var silent: [RawPeer] = []
            for _ in 0..<6 { silent.append(try await RawPeer(port: port)) }
            // Those beyond the limit of their address are closed.
            for peer in silent.dropFirst(3) { #expect(try await peer.outputsUntilClosed().isEmpty) }
            let other = try await RawPeer(port: port, from: "127.0.0.2")
            try await other.send(.associateRequest(Requests.associate()))
            guard case .pdu(.associateAccept) = try await other.outputs(1).first else {
                Issue.record("another address is locked out")
                return
            }
            for peer in silent + [other] { await peer.close() }
        }
    }

    @Test("Addresses from which no peer may call hear a refusal, and can't keep out those that may")
    func unlistedAddresses() async throws {
        let configuration = ListenerConfiguration.loopback {
            $0.maximumConnections = 16
            $0.spareConnections = 0
            $0.policy.maximumAssociations = 2
            $0.policy.peers = [
                PeerRule(title: AETitle(known: "SCU"), addresses: [AddressRange("127.0.0.1")].compactMap(\.self))
            ]
        }
        try await withListener(MemoryProvider(), configuration) { port, _ in
            var silent: [RawPeer] = []
            for number in 2...7 { silent.append(try await RawPeer(port: port, from: "127.0.0.\(number)")) }
            for peer in silent.dropFirst(2) { #expect(try await peer.outputsUntilClosed().isEmpty) }
            try await silent[0].send(.associateRequest(Requests.associate()))
            guard case .pdu(.associateReject) = try await silent[0].outputs(1).first else {
                Issue.record("it hears nothing")
                return
            }
            let listed = try await RawPeer(port: port)
            try await listed.send(.associateRequest(Requests.associate()))
            _ = try await listed.outputs(1)
            for peer in silent + [listed] { await peer.close() }
        }
    }

    @Test("More associations in a new policy are as many connections more")
    func reloadedPolicy() async throws {
        let configuration = ListenerConfiguration.loopback {
            $0.maximumConnections = 2
            $0.spareConnections = 1
            $0.policy.maximumAssociations = 1
        }
        try await withListener(MemoryProvider(), configuration) { port, listener in
            let before = [try await RawPeer(port: port), try await RawPeer(port: port), try await RawPeer(port: port)]
            #expect(try await before[2].outputsUntilClosed().isEmpty)
            var policy = configuration.policy
            policy.maximumAssociations = 8
            listener.update(policy: policy)
            let later = try await RawPeer(port: port)
            try await later.send(.associateRequest(Requests.associate()))
            guard case .pdu(.associateAccept) = try await later.outputs(1).first else {
                Issue.record("it is not heard")
                return
            }
            for peer in before + [later] { await peer.close() }
        }
    }

    @Test func healthChecksLeaveNothing() async throws {
        let provider = MemoryProvider()
        try await withListener(provider, .loopback { $0.maximumConnections = 8 }) { port, listener in
            for _ in 0..<100 { await (try await RawPeer(port: port)).close() }
            let client = try await connectWhenThereIsRoom(port)
            #expect(try await client.echo().isSuccess)
            await client.release()
            #expect(listener.openAssociations == 0)
        }
    }

    /// Closed connections are counted out when the listener's loop has seen them.
    private func connectWhenThereIsRoom(_ port: Int) async throws -> DIMSEClient {
        let configuration = ClientConfiguration(host: "127.0.0.1", port: port, calledAE: AETitle(known: "HILUM"))
        for _ in 0..<50 {
            if let client = try? await DIMSEClient.connect(to: configuration, contexts: Requests.contexts) {
                return client
            }
        }
        return try await DIMSEClient.connect(to: configuration, contexts: Requests.contexts)
    }

    @Test func anAbortInTheMiddleOfAnObjectLeavesNothing() async throws {
        let provider = MemoryProvider()
        try await withListener(provider) { port, _ in
            let peer = try await RawPeer(port: port)
            try await peer.send(.associateRequest(Requests.associate()))
            _ = try await peer.outputs(1)
            try await peer.sendData(Requests.store.command.encode(), isCommand: true)
            try await peer.sendData([1, 2, 3, 4], isCommand: false, isLast: false)
            await peer.close()
            await provider.waitForAbandoned(1)
            await provider.waitForClosed(1)
            #expect(provider.received.isEmpty)
            #expect(provider.closed == [.connectionClosed])
        }
    }
}
