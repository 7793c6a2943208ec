import DICOMCore
import Foundation
import Synchronization

/// One object on its way into the spool. Its methods are called in order, on threads that may block. Errors are kept
/// until `finish`, because a peer hears an answer only after its data set's last byte.
public final class SpoolWriter: Sendable {
    private struct State: ~Copyable {
        var scanner: DataSetScanner
        var length: Int64 = 0
        var unwritten: Int64 = 0
        var failure: ReceptionRefusal?
        var isOver = false
    }

    /// The disk starts on a file when this much of it is there, so that the sync at the end has little left to do.
    private static let writebackStride: Int64 = 128 << 10

    private let request: Reception.Request
    private let reception: Reception
    private let file: any SpoolFile
    private let temporary: String
    private let path: String
    private let headerLength: Int64
    private let digest: TrailingDigest
    private let state: Mutex<State>

    init(_ request: Reception.Request, folder: String, reception: Reception) throws {
        self.request = request
        self.reception = reception
        let name = SpoolLayout.freshName()
        temporary = "\(reception.store.layout.incoming)/\(name)"
        path = "\(folder)/\(name)"
        var meta = FileMetaInformation(
            sopClassUID: request.sopClass, sopInstanceUID: request.sopInstance,
            transferSyntaxUID: request.transferSyntax.uid)
        meta.sourceApplicationEntityTitle = request.callingAE
        meta.receivingApplicationEntityTitle = request.calledAE
        let header = meta.encode()
        headerLength = Int64(header.count)
        state = Mutex(State(scanner: DataSetScanner(request.transferSyntax)))
        file = try reception.store.files.create(temporary)
        digest = TrailingDigest(of: file, from: headerLength, crew: reception.digesters)
        reception.writerOpened()
        do {
            try header.withUnsafeBytes { try file.write($0) }
        } catch {
            discard()
            throw error
        }
    }

    deinit {
        abandon()
        reception.writerGone()
    }

    /// The data set's next bytes.
    public func write(_ bytes: UnsafeRawBufferPointer) {
        let failed = state.withLock { state -> Bool in
            guard state.failure == nil, !state.isOver else { return false }
            do {
                try take(bytes, &state)
                return false
            } catch {
                state.failure = Self.refusal(error)
                return true
            }
        }
        if failed { discard() }
    }

    private func take(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws {
        state.length += Int64(bytes.count)
        guard state.length <= reception.settings.longestDataSet else {
            throw ReceptionRefusal.outOfResources(
                "the data set is longer than \(reception.settings.longestDataSet) bytes, the limit for one object; raise "
                    + "node.limits.object_size")
        }
        try state.scanner.push(bytes)
        try reception.meter.take(Int64(bytes.count))
        try file.write(bytes)
        state.unwritten += Int64(bytes.count)
        if state.unwritten >= Self.writebackStride {
            file.startWriteback()
            state.unwritten = 0
        }
        let length = headerLength + state.length
        if reception.isBusy {
            digest.advance(to: length, with: bytes)
        } else {
            digest.advance(to: length)
        }
    }

    /// All bytes came: returns when the object is durable, or is refused and gone. Blocks its thread on the disk.
    public func finish() async -> Result<Disposition, ReceptionRefusal> {
        let arrival: Arrival
        do {
            arrival = try settle(try end())
        } catch {
            discard()
            return .failure(Self.refusal(error))
        }
        let outcome = await withCheckedContinuation { continuation in
            reception.committer.submit(
                GroupCommitter.Entry(arrival: arrival, temporary: temporary) {
                    continuation.resume(returning: $0)
                })
        }
        if case .success(let disposition) = outcome { reception.listener(arrival, disposition) }
        return outcome
    }

    private func end() throws -> ObjectIdentity {
        try state.withLock { state in
            if let failure = state.failure { throw failure }
            guard !state.isOver else { throw ReceptionRefusal.cannotUnderstand("the transfer was broken off") }
            state.isOver = true
            let identity = try ObjectIdentity(try state.scanner.finish())
            try check(identity)
            return identity
        }
    }

    /// Waits until the disk has the file, which the digest is made beside.
    private func settle(_ identity: ObjectIdentity) throws -> Arrival {
        let length = headerLength + state.withLock { $0.length }
        digest.advance(to: length, isWhole: true)
        try file.sync()
        let arrival = Arrival(
            identity: identity, transferSyntax: request.transferSyntax.uid, path: path, bytes: length,
            digest: try digest.finish(), receivedAt: reception.store.now(), callingAE: request.callingAE.string,
            association: request.association)
        file.close()
        return arrival
    }

    private func check(_ identity: ObjectIdentity) throws(ReceptionRefusal) {
        guard identity.sopClass == request.sopClass else {
            throw .doesNotMatch(
                "the request says SOP class \(request.sopClass), the data set says \(identity.sopClass)")
        }
        guard identity.sopInstance == request.sopInstance else {
            throw .doesNotMatch(
                "the request says SOP instance \(request.sopInstance), the data set says \(identity.sopInstance)")
        }
    }

    /// The transfer broke off: leaves nothing. Does nothing after `finish`.
    public func abandon() {
        let wasOpen = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver && state.failure == nil
        }
        if wasOpen { discard() }
    }

    private func discard() {
        digest.stop()
        file.close()
        try? reception.store.files.remove(temporary)
    }

    private static func refusal(_ error: any Error) -> ReceptionRefusal {
        switch error {
        case let refusal as ReceptionRefusal: refusal
        case let error as DICOMCoreError: .cannotUnderstand("\(error)")
        default: .outOfResources("\(error)")
        }
    }
}
