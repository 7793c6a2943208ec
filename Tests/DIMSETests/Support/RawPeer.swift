import Foundation
import NIOCore
import NIOPosix

@testable import DIMSE

/// A connection that sends what it likes and collects PDUs: the hostile peer.
final class RawPeer: Sendable {
    private let channel: any Channel
    private let collector: Collector

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let stream: AsyncStream<ByteBuffer>
        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init() { (stream, continuation) = AsyncStream.makeStream() }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }
        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    /// - Parameters:
    ///   - reads: false: takes nothing of what the other side sends.
    ///   - address: which of this machine's it calls from.
    init(port: Int, reads: Bool = true, from address: String = "127.0.0.1") async throws {
        let collector = Collector()
        self.collector = collector
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { $0.pipeline.addHandler(collector) }
            .bind(to: SocketAddress(ipAddress: address, port: 0))
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
    }

    func send(_ pdu: PDU) async throws {
        var buffer = ByteBuffer()
        pdu.encode(into: &buffer)
        try await channel.writeAndFlush(buffer)
    }

    func sendData(_ bytes: [UInt8], contextID: UInt8 = 1, isCommand: Bool, isLast: Bool = true) async throws {
        var buffer = ByteBuffer()
        DataTransfer.writeHeader(
            into: &buffer, contextID: contextID, isCommand: isCommand, isLast: isLast, length: bytes.count)
        buffer.writeBytes(bytes)
        try await channel.writeAndFlush(buffer)
    }

    /// Sends no more, but reads on.
    func closeOutput() async throws { try await channel.close(mode: .output) }

    /// The other side may have been quicker.
    func close() async { try? await channel.close() }

    /// What comes until the other side closes or aborts; after A-ABORT it is we who close (PS3.8 §9.2, AA-2).
    /// - Parameter afterRelease: it is we, too, who close after A-RELEASE-RP, as a requestor does (AR-3).
    func outputsUntilClosed(afterRelease: Bool = false) async throws -> [PDUDecoder.Output] {
        var decoder = PDUDecoder(limits: .init())
        var outputs: [PDUDecoder.Output] = []
        for await buffer in collector.stream {
            decoder.push(buffer)
            while let output = try decoder.next() {
                outputs.append(output)
                if case .pdu(.abort) = output { channel.close(promise: nil) }
                if afterRelease, output == .pdu(.releaseResponse) { channel.close(promise: nil) }
            }
        }
        return outputs
    }

    /// What comes until there are `count` PDUs or fragments.
    func outputs(_ count: Int) async throws -> [PDUDecoder.Output] {
        var decoder = PDUDecoder(limits: .init())
        var outputs: [PDUDecoder.Output] = []
        for await buffer in collector.stream {
            decoder.push(buffer)
            while let output = try decoder.next() { outputs.append(output) }
            if outputs.count >= count { break }
        }
        return outputs
    }
}
