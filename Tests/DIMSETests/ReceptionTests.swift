import DICOMCore
import Foundation
import HilumTesting
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import DIMSE

/// How received data goes to receivers that are slower than the network, and how a listener ends.
@Suite struct ReceptionTests {
    @Test func readingStopsAtTheMarkAndGoesOnBelowHalf() async throws {
        let gate = DispatchSemaphore(value: 0)
        let provider = MemoryProvider(onWrite: { _ in gate.wait() })
        let pauses = Mutex<[Bool]>([])
        var configuration = ListenerConfiguration()
        configuration.bufferedBytes = 10 * (100 + ReceptionQueue.Work.overhead)
        let facts = AssociationFacts(
            id: 1, callingAE: AETitle(known: "PEER"), calledAE: AETitle(known: "HILUM"), peerAddress: "127.0.0.1")
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let queue = ReceptionQueue(provider: provider, facts: facts, pool: pool, configuration: configuration) {
            pause in
            pauses.withLock { $0.append(pause) }
        }
        queue.add(.open(Requests.store))
        for _ in 0..<9 { queue.add(.write(ByteBuffer(repeating: 1, count: 100))) }
        #expect(pauses.withLock { $0 }.isEmpty)
        queue.add(.write(ByteBuffer(repeating: 1, count: 100)))
        #expect(pauses.withLock { $0 } == [true])
        for _ in 0..<10 { gate.signal() }
        let status = await withCheckedContinuation { continuation in
            queue.add(.finish { continuation.resume(returning: $0) })
        }
        #expect(status.isSuccess)
        #expect(pauses.withLock { $0 } == [true, false])
        #expect(provider.received.map(\.bytes.count) == [1000])
        try await pool.shutdownGracefully()
    }

    /// Their data sets hold nothing that could fill a buffer, but remembering them takes memory too.
    @Test func aFloodOfEmptyObjectsStopsReading() async throws {
        let gate = DispatchSemaphore(value: 0)
        let provider = MemoryProvider(refusal: { _ in
            gate.wait()
            return .outOfResources
        })
        let pauses = Mutex<[Bool]>([])
        var configuration = ListenerConfiguration()
        configuration.bufferedBytes = 200 * ReceptionQueue.Work.overhead
        let facts = AssociationFacts(
            id: 1, callingAE: AETitle(known: "PEER"), calledAE: AETitle(known: "HILUM"), peerAddress: "127.0.0.1")
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let queue = ReceptionQueue(provider: provider, facts: facts, pool: pool, configuration: configuration) {
            pause in
            pauses.withLock { $0.append(pause) }
        }
        for _ in 0..<1000 {
            queue.add(.open(Requests.store))
            queue.add(.finish { _ in })
        }
        #expect(pauses.withLock { $0 } == [true])
        for _ in 0...1000 { gate.signal() }
        _ = await withCheckedContinuation { continuation in
            queue.add(.open(Requests.store))
            queue.add(.finish { continuation.resume(returning: $0) })
        }
        #expect(pauses.withLock { $0 } == [true, false])
        try await pool.shutdownGracefully()
    }

    /// A second association tells when the idle time is over.
    @Test func aPeerThatWaitsForASlowReceiverIsNotIdle() async throws {
        let gate = DispatchSemaphore(value: 0)
        let provider = MemoryProvider(onWrite: { _ in gate.wait() })
        let configuration = ListenerConfiguration.loopback {
            $0.times.idle = .seconds(2)
            $0.bufferedBytes = 4096
        }
        try await withListener(provider, configuration) { port, _ in
            let object = try StorableObject(part10: SampleObject.part10(1, pixelBytes: 8_000_000))
            let peer = ClientConfiguration(host: "127.0.0.1", port: port, calledAE: AETitle(known: "HILUM"))
            async let outcomes = StoreBatch(to: peer).send([object])
            await provider.waitForOpened(1)
            let idler = try await RawPeer(port: port)
            try await idler.send(.associateRequest(Requests.associate()))
            _ = try await idler.outputsUntilClosed()
            for _ in 0..<100_000 { gate.signal() }
            guard case .answered(let status) = await outcomes[0].result else {
                Issue.record("\(await outcomes[0].result)")
                return
            }
            #expect(status.isSuccess)
        }
    }

    @Test func aReceiverThatFailsIsAbandonedAndItsErrorIsTheAnswer() async throws {
        struct DiskFull: Error {}
        let provider = MemoryProvider(onWrite: { _ in throw DiskFull() })
        try await withListener(provider) { port, _ in
            let peer = ClientConfiguration(host: "127.0.0.1", port: port, calledAE: AETitle(known: "HILUM"))
            let object = try StorableObject(part10: SampleObject.part10(1, pixelBytes: 2_000_000))
            let outcomes = await StoreBatch(to: peer).send([object])
            guard case .answered(let status) = outcomes[0].result else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(status == .outOfResources)
            #expect(provider.abandoned == 1 && provider.received.isEmpty)
        }
    }

    @Test func closingLetsARunningAssociationFinish() async throws {
        let provider = MemoryProvider()
        try await withListener(provider) { port, listener in
            let peer = try await RawPeer(port: port)
            try await peer.send(.associateRequest(Requests.associate()))
            _ = try await peer.outputs(1)
            async let closing: Void = listener.close(grace: .seconds(60))
            try await peer.sendData(Requests.store.command.encode(), isCommand: true)
            try await peer.sendData([1, 2, 3, 4], isCommand: false)
            let response = try await peer.outputs(1)
            guard case .fragment(let fragment) = response.first else {
                Issue.record("\(response)")
                return
            }
            #expect(try CommandSet(decoding: fragment.bytes.readableBytesView).status?.isSuccess == true)
            try await peer.send(.releaseRequest)
            #expect(try await peer.outputs(1) == [.pdu(.releaseResponse)])
            await peer.close()
            await closing
            #expect(provider.closed == [nil])
        }
    }

    @Test func closingAbortsWhatLastsLongerThanTheGraceTime() async throws {
        let provider = MemoryProvider()
        try await withListener(provider) { port, listener in
            let peer = try await RawPeer(port: port)
            try await peer.send(.associateRequest(Requests.associate()))
            _ = try await peer.outputs(1)
            try await peer.sendData(Requests.store.command.encode(), isCommand: true)
            try await peer.sendData([1, 2, 3, 4], isCommand: false, isLast: false)
            await listener.close(grace: .milliseconds(50))
            #expect(try await peer.outputsUntilClosed() == [.pdu(.abort(.byUser))])
            await provider.waitForAbandoned(1)
            #expect(provider.received.isEmpty)
        }
    }
}
