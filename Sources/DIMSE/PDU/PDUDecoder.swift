import NIOCore

/// Bytes of a connection into PDUs. Short PDUs are collected whole, up to a limit; the data of P-DATA-TF is passed on as
/// slices of the buffers it arrives in, so a long PDU costs no memory and no copy.
struct PDUDecoder: Sendable {
    struct Limits: Sendable {
        /// Of the variable field of an association PDU. 128 contexts with a dozen syntaxes each take about 64 KiB.
        var associate = 256 * 1024
        /// Of the variable field of P-DATA-TF: the maximum length that we announced. Zero: no limit.
        var data = 0
    }

    enum Output: Equatable, Sendable {
        case pdu(PDU)
        case fragment(PDVFragment)
    }

    private enum State {
        case header
        case body(PDU.Kind, length: Int)
        /// Bytes left of the P-DATA-TF.
        case valueHeader(left: Int)
        case value(PDVFragment, valueLeft: Int, left: Int)
    }

    private let limits: Limits
    private var state = State.header
    private var input = ByteBuffer()
    /// Bytes of a header or short PDU that began in an earlier buffer.
    private var gathered = ByteBuffer()

    init(limits: Limits) {
        self.limits = limits
    }

    /// Nothing of a PDU is waiting for its rest.
    var isBetweenPDUs: Bool {
        if case .header = state { gathered.readableBytes + input.readableBytes == 0 } else { false }
    }

    /// Hands over what arrived. `next` must have returned nil before.
    mutating func push(_ buffer: ByteBuffer) {
        input = buffer
    }

    /// The next PDU or fragment; nil when more bytes are wanted.
    mutating func next() throws(UpperLayerError) -> Output? {
        while true {
            switch state {
            case .header:
                guard var header = gather(6) else { return nil }
                try begin(&header)
            case .body(let kind, let length):
                guard var body = gather(length) else { return nil }
                state = .header
                return .pdu(try PDU(kind, &body))
            case .valueHeader(let left):
                guard var header = gather(6) else { return nil }
                try beginValue(&header, left: left)
            case .value(var fragment, let valueLeft, let left):
                guard valueLeft == 0 || input.readableBytes > 0 else { return nil }
                let bytes = input.readSlice(length: min(valueLeft, input.readableBytes)) ?? ByteBuffer()
                let rest = valueLeft - bytes.readableBytes
                if rest == 0 {
                    state = left == 0 ? .header : .valueHeader(left: left)
                } else {
                    state = .value(fragment, valueLeft: rest, left: left)
                    fragment.isLast = false
                }
                fragment.bytes = bytes
                return .fragment(fragment)
            }
        }
    }

    /// `count` bytes in a row, out of the input where they lie there together.
    private mutating func gather(_ count: Int) -> ByteBuffer? {
        if gathered.readableBytes == 0, let slice = input.readSlice(length: count) { return slice }
        let missing = max(0, count - gathered.readableBytes)
        if var part = input.readSlice(length: min(missing, input.readableBytes)) { gathered.writeBuffer(&part) }
        guard gathered.readableBytes >= count else { return nil }
        defer { gathered = ByteBuffer() }
        return gathered
    }

    private mutating func begin(_ header: inout ByteBuffer) throws(UpperLayerError) {
        guard let type = header.readInteger(as: UInt8.self), header.readInteger(as: UInt8.self) != nil,
            let length = header.readInteger(as: UInt32.self).map({ Int($0) })
        else { return }
        guard let kind = PDU.Kind(rawValue: type) else {
            // RFC 8446 §5.1: what a TLS port says to a peer without TLS, and the other way round.
            let what =
                (20...24).contains(type)
                ? "TLS (a record of type \(type)); check that both sides want TLS on this port"
                : "a PDU of type \(type), which doesn't exist"
            throw .protocolViolation(.unrecognizedPDU, what)
        }
        let limit =
            switch kind {
            case .associateRequest, .associateAccept: limits.associate
            case .dataTransfer: limits.data == 0 ? Int(UInt32.max) : limits.data
            case .associateReject, .releaseRequest, .releaseResponse, .abort: 1024
            }
        guard length <= limit else {
            throw .protocolViolation(.invalidPDUParameterValue, "a PDU of \(length) bytes where \(limit) are allowed")
        }
        state =
            kind == .dataTransfer ? (length == 0 ? .header : .valueHeader(left: length)) : .body(kind, length: length)
    }

    private mutating func beginValue(_ header: inout ByteBuffer, left: Int) throws(UpperLayerError) {
        guard left >= 6, let length = header.readInteger(as: UInt32.self).map({ Int($0) }),
            let contextID = header.readInteger(as: UInt8.self), let control = header.readInteger(as: UInt8.self),
            length >= 2, length <= left - 4
        else {
            throw .protocolViolation(
                .invalidPDUParameterValue, "a presentation data value whose length exceeds its PDU")
        }
        let fragment = PDVFragment(
            contextID: contextID, isCommand: control & 1 != 0, isLast: control & 2 != 0, bytes: ByteBuffer())
        state = .value(fragment, valueLeft: length - 2, left: left - 4 - length)
    }
}
