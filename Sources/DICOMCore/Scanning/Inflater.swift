private import CZlib

/// Raw deflate (RFC 1951, without the zlib header; PS3.5 §A.5) into an element walker, a piece at a time.
struct Inflater: ~Copyable, @unchecked Sendable {
    // zlib keeps a pointer back to its stream, so the stream must not move. It has this one owner and no other
    // reference, which is what makes handing it to another thread safe.
    private let stream: UnsafeMutablePointer<z_stream>
    private let output: UnsafeMutableRawBufferPointer
    private let limit: UInt64
    private var produced: UInt64 = 0
    private var consumed: UInt64 = 0
    private var isReady: Bool
    private var reachedEnd = false

    init(limit: UInt64) {
        self.limit = limit
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = .allocate(byteCount: 64 * 1024, alignment: 16)
        isReady = inflateInit2_(stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
    }

    mutating func push(_ bytes: UnsafeRawBufferPointer, into walker: inout ElementWalker) throws(DICOMCoreError) {
        guard isReady else { throw .notDeflated(at: 0, why: "zlib did not start, memory is short") }
        // Bytes after the end of the stream are its padding to even length.
        var rest = bytes
        while !reachedEnd, !rest.isEmpty {
            // zlib counts input in 32 bits.
            let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(1 << 30))
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            try inflatePiece(piece, into: &walker)
        }
    }

    private mutating func inflatePiece(
        _ piece: UnsafeRawBufferPointer, into walker: inout ElementWalker
    ) throws(DICOMCoreError) {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: piece.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(clamping: piece.count)
        repeat {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(clamping: output.count)
            let result = inflate(stream, Z_NO_FLUSH)
            let count = output.count - Int(stream.pointee.avail_out)
            guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else {
                let at = consumed + UInt64(piece.count) - UInt64(stream.pointee.avail_in)
                throw .notDeflated(at: at, why: "zlib error \(result)")
            }
            produced += UInt64(count)
            guard produced <= limit else { throw .inflatesBeyond(limit: limit) }
            try walker.push(UnsafeRawBufferPointer(rebasing: output.prefix(count)))
            reachedEnd = result == Z_STREAM_END
        } while !reachedEnd && stream.pointee.avail_out == 0
        consumed += UInt64(piece.count)
    }

    func finish() throws(DICOMCoreError) {
        guard reachedEnd else { throw .endedEarly(at: consumed, inside: "its deflated stream") }
    }
}
