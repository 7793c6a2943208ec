import DICOMCore
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@testable import DIMSE

/// Peers that never fall silent and never come to an end, on a clock that the test turns.
@Suite struct TricklingPeerTests {
    /// An acceptor of ours on a channel without a network.
    private struct Bench {
        let channel = EmbeddedChannel()
        let upperLayer: UpperLayerHandler
        let log = Log()

        init(_ provider: MemoryProvider = MemoryProvider()) throws {
            // Nobody empties the queue, and the peer's turn must not end with that.
            let configuration = ListenerConfiguration.loopback { $0.bufferedBytes = .max }
            let log = log
            // Not started: what is received here stays in its queue.
            let pool = NIOThreadPool(numberOfThreads: 1)
            let context = ListenerContext(
                configuration: configuration, provider: provider, pool: pool, logger: Logger(label: "test") { _ in log }
            )
            let peer = ConnectionFacts(id: 1, address: "10.0.0.7", addressBytes: [10, 0, 0, 7]) { nil }
            let acceptor = AssociationAcceptor(listener: context, peer: peer, loop: channel.eventLoop)
            upperLayer = UpperLayerHandler(.acceptor, user: acceptor, limits: .init(), times: configuration.times)
            try channel.pipeline.syncOperations.addHandler(upperLayer)
            try channel.connect(to: SocketAddress(ipAddress: "10.0.0.7", port: 104)).wait()
        }

        func associate() throws {
            try channel.writeInbound(Self.bytes(of: .associateRequest(Requests.associate())))
            #expect(upperLayer.isEstablished)
        }

        static func bytes(of pdu: PDU) -> ByteBuffer {
            var buffer = ByteBuffer()
            pdu.encode(into: &buffer)
            return buffer
        }

        static func data(_ bytes: [UInt8], contextID: UInt8 = 1, isCommand: Bool, isLast: Bool = true) -> ByteBuffer {
            var buffer = ByteBuffer()
            DataTransfer.writeHeader(
                into: &buffer, contextID: contextID, isCommand: isCommand, isLast: isLast, length: bytes.count)
            buffer.writeBytes(bytes)
            return buffer
        }

        /// Sends `bytes` every so often while the association lasts.
        /// - Returns: the seconds for which it lasted; nil when it outlasted all of them.
        func trickle(_ bytes: some Sequence<ByteBuffer>, every seconds: Int64) throws -> Int64? {
            var passed: Int64 = 0
            for part in bytes {
                try channel.writeInbound(part)
                for _ in 0..<seconds {
                    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
                    passed += 1
                    if !upperLayer.isEstablished { return passed }
                }
            }
            return nil
        }
    }

    /// What is logged, as one would read it.
    private final class Log: LogHandler, Sendable {
        let lines = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .debug }
            set {}
        }
        subscript(metadataKey _: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).map { "\($0)=\($1)" }.sorted().joined(separator: " ")
            lines.withLock { $0.append("\(event.message) \(metadata)") }
        }
    }

    private static let single = repeatElement(ByteBuffer(bytes: [0]), count: 10_000)

    enum Trickle: CaseIterable { case command, dataSet, header, fragments, emptyPDUs }

    @Test("A byte now and then holds no association, wherever a message stands, and the log says who it was")
    func aByteEvery5Seconds() throws {
        for trickle in Trickle.allCases {
            let bench = try Bench()
            try bench.associate()
            let command = Requests.store.command.encode()
            let lasted: Int64?
            switch trickle {
            case .command:
                let bytes = Bench.data(command, isCommand: true).readableBytesView.map { ByteBuffer(bytes: [$0]) }
                lasted = try bench.trickle(bytes, every: 5)
            case .dataSet:
                try bench.channel.writeInbound(Bench.data(command, isCommand: true))
                var start = Bench.data([UInt8](repeating: 0, count: 60_000), isCommand: false, isLast: false)
                try bench.channel.writeInbound(start.readSlice(length: 100))
                lasted = try bench.trickle(Self.single, every: 5)
            case .header:
                let bytes = Bench.bytes(of: .releaseRequest).readableBytesView.map { ByteBuffer(bytes: [$0]) }
                lasted = try bench.trickle(bytes, every: 30)
            case .fragments:
                try bench.channel.writeInbound(Bench.data(command, isCommand: true))
                let fragment = Bench.data([0], isCommand: false, isLast: false)
                lasted = try bench.trickle(repeatElement(fragment, count: 10_000), every: 5)
            case .emptyPDUs:
                lasted = try bench.trickle(
                    repeatElement(ByteBuffer(bytes: [4, 0, 0, 0, 0, 0]), count: 10_000), every: 5)
            }
            #expect(lasted == 120, "\(trickle)")
            let line = try #require(bench.log.lines.withLock { $0.last })
            #expect(line.contains("began a message and sent") && line.contains("122880 should have come"), "\(line)")
            #expect(line.hasSuffix("called=HILUM calling=PEER peer=10.0.0.7"), "\(line)")
        }
    }

    @Test("An object of 500 MB over 1 Mbit/s passes, and one of a link that 64 associations share")
    func slowLinks() throws {
        for (rate, size) in [(125_000, 500_000_000), (125_000 / 64, 5_000_000)] {
            let bench = try Bench()
            try bench.associate()
            try bench.channel.writeInbound(Bench.data(Requests.store.command.encode(), isCommand: true))
            let second = ByteBuffer(repeating: 0, count: rate)
            var whole = ByteBuffer()
            DataTransfer.writeHeader(into: &whole, contextID: 1, isCommand: false, isLast: true, length: size)
            try bench.channel.writeInbound(whole)
            let lasted = try bench.trickle(repeatElement(second, count: size / rate), every: 1)
            #expect(lasted == nil, "\(rate) bytes a second: \(bench.log.lines.withLock { $0 })")
        }
    }

    @Test("A peer that asks for something now and then keeps its association")
    func rareEchoes() throws {
        let bench = try Bench()
        try bench.associate()
        let echo = Bench.data(Requests.echo.encode(), contextID: 3, isCommand: true)
        #expect(try bench.trickle(repeatElement(echo, count: 100), every: 100) == nil)
    }

    @Test("A request that comes a byte at a time is over when ARTIM is")
    func slowRequest() throws {
        let bench = try Bench()
        for byte in Bench.bytes(of: .associateRequest(Requests.associate())).readableBytesView.prefix(30) {
            if bench.channel.isActive { try bench.channel.writeInbound(ByteBuffer(bytes: [byte])) }
            bench.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        }
        #expect(!bench.channel.isActive)
    }
}
