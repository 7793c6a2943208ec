import DICOMCore
import NIOCore
import NIOPosix

/// Sends a data set in P-DATA-TFs: a file is read a piece ahead of what the connection takes, so that a file of any size
/// needs two pieces of memory.
struct DataSetWriter: Sendable {
    let channel: any Channel
    let upperLayer: NIOLoopBound<UpperLayerHandler>
    let contextID: UInt8
    /// Data of one PDV.
    let room: Int

    func write(_ source: StorableObject.Source) async throws {
        switch source {
        case .bytes(let bytes): try await write(bytes)
        case .file(let path, let offset, let length): try await write(path, offset, length)
        }
    }

    private func write(_ bytes: [UInt8]) async throws {
        let all = ByteBuffer(bytes: bytes)
        try await send(layOut(all, isEnd: true))
    }

    private func write(_ path: String, _ offset: UInt64, _ length: UInt64) async throws {
        // Whole PDVs, so that none is cut at a piece's end.
        let piece = max(1, (1 << 20) / room) * room
        let file = try await NIOThreadPool.singleton.runIfActive { try NIOFileHandle(_deprecatedPath: path) }
        defer { try? file.close() }
        let io = NonBlockingFileIO(threadPool: .singleton)
        var sent: UInt64 = 0
        var pending: EventLoopFuture<Void>?
        repeat {
            let count = Int(min(UInt64(piece), length - sent))
            let bytes = try await io.read(
                fileHandle: file, fromOffset: Int64(clamping: offset + sent), byteCount: count,
                allocator: channel.allocator, eventLoop: channel.eventLoop
            ).get()
            guard bytes.readableBytes == count else {
                throw DICOMCoreError.file(path: path, why: "it became shorter while it was sent")
            }
            sent += UInt64(count)
            let buffers = layOut(bytes, isEnd: sent == length)
            try await pending?.get()
            pending = future(buffers)
        } while sent < length
        try await pending?.get()
    }

    private func layOut(_ bytes: ByteBuffer, isEnd: Bool) -> [ByteBuffer] {
        var rest = bytes
        var buffers: [ByteBuffer] = []
        repeat {
            let part = rest.readSlice(length: min(room, rest.readableBytes)) ?? ByteBuffer()
            var header = channel.allocator.buffer(capacity: DataTransfer.headerLength)
            DataTransfer.writeHeader(
                into: &header, contextID: contextID, isCommand: false, isLast: isEnd && rest.readableBytes == 0,
                length: part.readableBytes)
            buffers += [header, part]
        } while rest.readableBytes > 0
        return buffers
    }

    private func send(_ buffers: [ByteBuffer]) async throws {
        try await future(buffers).get()
    }

    private func future(_ buffers: [ByteBuffer]) -> EventLoopFuture<Void> {
        let upperLayer = upperLayer
        let promise = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute { upperLayer.value.sendData(buffers, promise: promise) }
        return promise.futureResult
    }
}
