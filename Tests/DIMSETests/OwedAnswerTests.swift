import DICOMCore
import NIOCore
import Testing

@testable import DIMSE

/// An object that came whole is answered before its association ends, whatever ends it: an object that is kept and not
/// answered is sent again.
@Suite struct OwedAnswerTests {
    enum Ending: CaseIterable {
        case halfClosed, release, releaseAndHalfClosed, garbage, secondRequest, listenerCloses
    }

    @Test(.timeLimit(.minutes(1)), arguments: Ending.allCases) func theAnswerGoesOutFirst(_ ending: Ending) async throws
    {
        let gate = Gate()
        let provider = MemoryProvider(answer: {
            await gate.opened()
            return .success
        })
        // Nobody is saved by the timer that ends what a peer leaves open.
        let configuration = ListenerConfiguration.loopback { $0.times.artim = .seconds(600) }
        let outputs =
            try await withListener(provider, configuration) { port, listener in
                let peer = try await RawPeer(port: port)
                try await peer.send(.associateRequest(Requests.associate()))
                try await peer.sendData(Requests.store.command.encode(), isCommand: true)
                try await peer.sendData([8, 0, 0, 0], isCommand: false)
                // The object is whole, and its answer is owed.
                await gate.reached()
                let closing = try await end(ending, peer, listener)
                // The ending has been seen when another association has come and gone. A listener that closes takes none.
                if ending != .listenerCloses { try await echo(port) }
                await gate.open()
                let outputs = try await peer.outputsUntilClosed(afterRelease: ending == .release)
                await closing?.value
                return outputs
            } as [PDUDecoder.Output]
        let rest = outputs.dropFirst()
        guard case .pdu(.associateAccept) = outputs.first, case .fragment(let fragment) = rest.first else {
            Issue.record("\(ending): \(outputs)")
            return
        }
        let response = try CommandSet(decoding: Array(fragment.bytes.readableBytesView))
        #expect(response.isResponse && response.status?.code == DIMSEStatus.success.code)
        switch ending {
        case .halfClosed: #expect(rest.count == 1)
        case .release, .releaseAndHalfClosed: #expect(Array(rest.dropFirst()) == [.pdu(.releaseResponse)])
        case .garbage: #expect(Array(rest.dropFirst()) == [.pdu(.abort(Abort(.unrecognizedPDU)))])
        case .secondRequest: #expect(Array(rest.dropFirst()) == [.pdu(.abort(Abort(.unexpectedPDU)))])
        case .listenerCloses: #expect(Array(rest.dropFirst()) == [.pdu(.abort(.byUser))])
        }
        #expect(provider.received.count == 1)
    }

    private func end(_ ending: Ending, _ peer: RawPeer, _ listener: AssociationListener) async throws -> Task<
        Void, Never
    >? {
        switch ending {
        case .halfClosed: try await peer.closeOutput()
        case .release: try await peer.send(.releaseRequest)
        case .releaseAndHalfClosed:
            try await peer.send(.releaseRequest)
            try await peer.closeOutput()
        case .garbage: try await peer.send(Array("XXXXXXXXXXXX".utf8))
        case .secondRequest: try await peer.send(.associateRequest(Requests.associate()))
        case .listenerCloses: return Task { await listener.close(grace: .zero) }
        }
        return nil
    }

    private func echo(_ port: Int) async throws {
        let peer = try await RawPeer(port: port)
        try await peer.send(.associateRequest(Requests.associate()))
        try await peer.sendData(Requests.echo.encode(), contextID: 3, isCommand: true)
        _ = try await peer.outputs(2)
        await peer.close()
    }
}

/// Waited for until it is opened; tells when somebody waits.
private actor Gate {
    private var isOpen = false
    private var isReached = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var watching: [CheckedContinuation<Void, Never>] = []

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    func opened() async {
        isReached = true
        for continuation in watching { continuation.resume() }
        watching = []
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func reached() async {
        guard !isReached else { return }
        await withCheckedContinuation { watching.append($0) }
    }
}
