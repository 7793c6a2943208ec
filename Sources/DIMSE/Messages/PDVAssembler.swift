import DICOMCore
import NIOCore

/// Puts presentation data values together (PS3.8 Annex E, PS3.7 §8): command fragments into a command set, data
/// fragments passed on as they are. One message at a time; fragments of two messages never mix.
struct PDVAssembler: Sendable {
    enum Output: Equatable, Sendable {
        case command(CommandSet, contextID: UInt8)
        case data(ByteBuffer, contextID: UInt8, isLast: Bool)
        /// A fragment that completes nothing.
        case nothing
    }

    private enum State {
        case betweenMessages
        case command(contextID: UInt8, bytes: ByteBuffer)
        case data(contextID: UInt8)
    }

    private var state = State.betweenMessages
    /// The contexts that negotiation accepted.
    private let contextIDs: Set<UInt8>

    init(contextIDs: some Sequence<UInt8>) {
        self.contextIDs = Set(contextIDs)
    }

    mutating func take(_ fragment: PDVFragment) throws(UpperLayerError) -> Output {
        guard contextIDs.contains(fragment.contextID) else {
            throw .protocolViolation(
                .unexpectedPDUParameter, "data on presentation context \(fragment.contextID), which was not accepted")
        }
        switch state {
        case .betweenMessages:
            guard fragment.isCommand else {
                throw .protocolViolation(.unexpectedPDUParameter, "a data set that no command announced")
            }
            return try append(fragment, to: ByteBuffer())
        case .command(let contextID, let bytes):
            guard fragment.isCommand, fragment.contextID == contextID else {
                throw .protocolViolation(.unexpectedPDUParameter, "a fragment of another message inside a command")
            }
            // Else the bytes would be copied for every fragment.
            state = .betweenMessages
            return try append(fragment, to: bytes)
        case .data(let contextID):
            guard !fragment.isCommand, fragment.contextID == contextID else {
                throw .protocolViolation(
                    .unexpectedPDUParameter, "a fragment of another message where a data set was announced")
            }
            if fragment.isLast { state = .betweenMessages }
            return .data(fragment.bytes, contextID: contextID, isLast: fragment.isLast)
        }
    }

    private mutating func append(_ fragment: PDVFragment, to bytes: ByteBuffer) throws(UpperLayerError) -> Output {
        var bytes = bytes
        guard bytes.readableBytes + fragment.bytes.readableBytes <= CommandSet.maximumLength else {
            throw .protocolViolation(
                .invalidPDUParameterValue, "a command of more than \(CommandSet.maximumLength) bytes")
        }
        bytes.writeImmutableBuffer(fragment.bytes)
        guard fragment.isLast else {
            state = .command(contextID: fragment.contextID, bytes: bytes)
            return .nothing
        }
        do {
            let command = try CommandSet(decoding: bytes.readableBytesView)
            // Every command has both (PS3.7 E.1). Without them a data set would be waited for, and nothing answered.
            guard command[short: .commandField] != nil, command[short: .commandDataSetType] != nil else {
                throw DICOMCoreError.commandSet(why: "it lacks Command Field or Command Data Set Type")
            }
            state = command.hasDataSet ? .data(contextID: fragment.contextID) : .betweenMessages
            return .command(command, contextID: fragment.contextID)
        } catch {
            throw .protocolViolation(.invalidPDUParameterValue, "\(error)")
        }
    }
}
