public import DICOMCore
import NIOConcurrencyHelpers

/// Sends many objects to one peer: contexts grouped, over one or several associations, each object with an outcome of
/// its own.
public struct StoreBatch: Sendable {
    /// Gives an object in one of the syntaxes that the peer takes for its class; nil when it can't.
    public typealias Transcoder = @Sendable (StorableObject, [TransferSyntax]) throws -> StorableObject?

    /// How the sending of one object ended.
    public enum Result: Sendable {
        /// The peer's answer, whatever it says.
        case answered(DIMSEStatus)
        /// It could not be sent as it is: the sentence says why. Sending it again to this peer ends the same.
        case notSendable(String)
        /// The association failed before an answer came.
        case failed(any Error)
    }

    /// One object of the batch, and what became of it.
    public struct Outcome: Sendable {
        /// Of the object in the batch.
        public var index: Int
        /// As it was given, not as it was transcoded.
        public var object: StorableObject
        /// The peer's answer, or why there is none.
        public var result: Result
        /// The syntax in which it went out, other than its own when it was transcoded; nil when it did not go out.
        public var sentAs: TransferSyntax?

        /// The peer has the object (success, or success with a warning).
        public var isStored: Bool {
            if case .answered(let status) = result { status.isAccepted } else { false }
        }

        /// Whether to send it again: what the status says; never for what can't be sent, later for an association that
        /// failed.
        public var retryClass: DIMSEStatus.RetryClass {
            switch result {
            case .answered(let status): status.retryClass
            case .notSendable: .never
            case .failed: .later
            }
        }
    }

    /// The peer, for every association of the batch.
    public var configuration: ClientConfiguration
    /// Associations side by side, at least 1.
    public var associations = 1
    /// For objects whose syntax the peer refuses; nil: these are not sent. Called by several associations at once.
    public var transcoder: Transcoder?
    /// Syntaxes to propose beside an object's own when there is a transcoder, best first.
    public var fallbackSyntaxes = Self.uncompressedSyntaxes

    /// What every transcoder can make. Implicit VR Little Endian is DICOM's default (PS3.5 §10.1).
    public static let uncompressedSyntaxes: [TransferSyntax] = [.explicitVRLittleEndian, .implicitVRLittleEndian]

    /// A batch over one association that sends objects as they are.
    public init(to configuration: ClientConfiguration) {
        self.configuration = configuration
    }

    /// Sends objects. Throws nothing: what fails, fails object by object, and a peer that breaks three associations in
    /// a row, or takes none, is not called again for the rest.
    /// - Parameters:
    ///   - objects: in any order and mix; none is read before its turn.
    ///   - progress: told of each outcome as it is known, from any thread.
    /// - Returns: an outcome for each object, in their order.
    public func send(
        _ objects: [StorableObject], progress: @escaping @Sendable (Outcome) -> Void = { _ in }
    ) async -> [Outcome] {
        let plan = ContextPlan(
            objects.map { ($0.sopClassUID, $0.transferSyntax) }, fallbacks: transcoder == nil ? [] : fallbackSyntaxes)
        var outcomes: [Outcome] = []
        for group in plan.groups {
            let queue = WorkQueue(group.objects)
            let count = min(max(1, associations), group.objects.count)
            await withTaskGroup(of: [Outcome].self) { tasks in
                for _ in 0..<count {
                    tasks.addTask { await work(objects, group.contexts, queue, progress) }
                }
                for await part in tasks { outcomes += part }
            }
        }
        return outcomes.sorted { $0.index < $1.index }
    }

    /// One association's share. An association that breaks is replaced as long as something still gets through.
    private func work(
        _ objects: [StorableObject], _ contexts: [ProposedContext], _ queue: WorkQueue,
        _ progress: @Sendable (Outcome) -> Void
    ) async -> [Outcome] {
        var outcomes: [Outcome] = []
        var client: DIMSEClient?
        var failures = 0
        var lastError: any Error = UpperLayerError.notEstablished
        while let index = queue.next() {
            var result: Result
            var sentAs: TransferSyntax?
            do {
                if Task.isCancelled { throw CancellationError() }
                let current: DIMSEClient
                if let client {
                    current = client
                } else {
                    if failures >= Self.patience { throw lastError }
                    current = try await DIMSEClient.connect(to: configuration, contexts: contexts)
                }
                client = current
                let sendable = try current.sendable(objects[index], transcoder: transcoder)
                sentAs = sendable.transferSyntax
                result = .answered(try await current.store(sendable))
                failures = 0
            } catch let error as NotSendable {
                result = .notSendable(error.description)
                failures = 0
            } catch {
                result = .failed(error)
                lastError = error
                failures += client == nil ? Self.patience : 1
                await client?.abort()
                client = nil
            }
            let outcome = Outcome(index: index, object: objects[index], result: result, sentAs: sentAs)
            outcomes.append(outcome)
            progress(outcome)
        }
        await client?.release()
        return outcomes
    }

    /// Broken associations in a row after which the peer is left alone.
    private static let patience = 3
}

/// Indices that several associations take from.
private final class WorkQueue: Sendable {
    private let rest: NIOLockedValueBox<ArraySlice<Int>>

    init(_ indices: [Int]) {
        rest = NIOLockedValueBox(indices[...])
    }

    func next() -> Int? {
        rest.withLockedValue { $0.popFirst() }
    }
}
