import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Work of one association for its receivers, done in order on a thread pool, away from the event loop. Knows how many
/// bytes wait, so that reading can stop.
final class ReceptionQueue: Sendable {
    enum Work: Sendable {
        case open(StoreRequest)
        case write(ByteBuffer)
        /// The data set is complete; the closure gets the answer.
        case finish(@Sendable (DIMSEStatus) -> Void)
        case abandon

        /// What it costs to remember a piece of work, so that a flood of tiny fragments or empty objects reaches the
        /// mark too.
        static let overhead = 256

        /// What it counts for against the mark.
        var weight: Int {
            if case .write(let bytes) = self { bytes.readableBytes + Self.overhead } else { Self.overhead }
        }
    }

    private struct State {
        var work = CircularBuffer<Work>()
        var isRunning = false
        var buffered = 0
        var isAboveMark = false
    }

    /// What belongs to the object under way. Touched only by whoever drains, one at a time.
    private struct Reception {
        var receiver: (any InstanceReceiver)?
        var refusal: DIMSEStatus?
        var size: UInt64 = 0
    }

    private let state = NIOLockedValueBox(State())
    private let reception = NIOLockedValueBox(Reception())
    private let provider: any InstanceReceiverProvider
    private let facts: AssociationFacts
    private let pool: NIOThreadPool
    private let executor: ThreadPoolExecutor
    private let maximumObjectSize: UInt64
    private let highMark: Int
    private let pause: @Sendable (Bool) -> Void
    private let activity: @Sendable (Activity) -> Void

    enum Activity: Sendable { case began, ended }

    /// - Parameters:
    ///   - pause: told when reading should stop and when it may go on.
    ///   - activity: told when there is work again and when there is none left.
    init(
        provider: any InstanceReceiverProvider, facts: AssociationFacts, pool: NIOThreadPool,
        configuration: ListenerConfiguration, activity: @escaping @Sendable (Activity) -> Void = { _ in },
        pause: @escaping @Sendable (Bool) -> Void
    ) {
        self.provider = provider
        self.facts = facts
        self.pool = pool
        self.executor = ThreadPoolExecutor(pool)
        self.maximumObjectSize = configuration.maximumObjectSize
        self.highMark = configuration.bufferedBytes
        self.pause = pause
        self.activity = activity
    }

    func add(_ work: Work) {
        let (starts, pauses) = state.withLockedValue { state in
            state.buffered += work.weight
            let pauses = !state.isAboveMark && state.buffered >= highMark
            if pauses { state.isAboveMark = true }
            state.work.append(work)
            defer { state.isRunning = true }
            return (!state.isRunning, pauses)
        }
        if pauses { pause(true) }
        if starts {
            activity(.began)
            drainOnPool()
        }
    }

    private func drainOnPool() {
        pool.submit { state in
            if case .active = state { self.drain() }
        }
    }

    private func drain() {
        while let work = next() {
            defer { release(work.weight) }
            switch work {
            case .open(let request): open(request)
            case .write(let bytes): write(bytes)
            case .abandon: abandon()
            // The drain goes on when the receiver has answered.
            case .finish(let answer): guard finish(answer) else { return }
            }
        }
    }

    private func next() -> Work? {
        let work = state.withLockedValue { state in
            let work = state.work.popFirst()
            if work == nil { state.isRunning = false }
            return work
        }
        if work == nil { activity(.ended) }
        return work
    }

    private func open(_ request: StoreRequest) {
        var next = Reception()
        do {
            next.receiver = try provider.receiver(for: request, on: facts)
        } catch {
            next.refusal = Self.status(error)
        }
        reception.withLockedValue { $0 = next }
    }

    private func write(_ bytes: ByteBuffer) {
        let receiver = reception.withLockedValue { reception -> (any InstanceReceiver)? in
            reception.size += UInt64(bytes.readableBytes)
            if reception.size > maximumObjectSize, reception.refusal == nil {
                reception.refusal = .outOfResources.because("larger than \(maximumObjectSize) bytes")
            }
            return reception.refusal == nil ? reception.receiver : nil
        }
        if let receiver {
            do {
                try bytes.withUnsafeReadableBytes { try receiver.write($0) }
            } catch {
                reception.withLockedValue { $0.refusal = Self.status(error) }
            }
        }
    }

    private func release(_ count: Int) {
        let resumes = state.withLockedValue { state in
            state.buffered -= count
            guard state.isAboveMark, state.buffered <= highMark / 2 else { return false }
            state.isAboveMark = false
            return true
        }
        if resumes { pause(false) }
    }

    /// Whether the answer has been given; else it will be, by a task that then drains on. The receiver begins on this
    /// thread: the peer waits, and another thread would have to be woken first.
    private func finish(_ answer: @escaping @Sendable (DIMSEStatus) -> Void) -> Bool {
        let done = takeReception()
        guard let receiver = done.receiver, done.refusal == nil else {
            done.receiver?.abandon()
            answer(done.refusal ?? .processingFailure)
            return true
        }
        let isFirst = NIOLockedValueBox(true)
        // The later of the two drains on: this thread, or the task where it had to wait.
        let comesSecond: @Sendable () -> Bool = {
            isFirst.withLockedValue { isFirst in
                defer { isFirst = false }
                return !isFirst
            }
        }
        Task.immediate(executorPreference: executor) {
            answer(await receiver.finish())
            if comesSecond() { self.drainOnPool() }
        }
        return comesSecond()
    }

    private func abandon() {
        takeReception().receiver?.abandon()
    }

    private func takeReception() -> Reception {
        reception.withLockedValue { reception in
            defer { reception = Reception() }
            return reception
        }
    }

    private static func status(_ error: any Error) -> DIMSEStatus {
        (error as? DIMSEStatus) ?? .outOfResources.because("\(error)")
    }
}

/// Runs tasks on a thread pool where blocking is allowed, so that a receiver's `finish` may wait for the disk.
final class ThreadPoolExecutor: TaskExecutor {
    private let pool: NIOThreadPool

    init(_ pool: NIOThreadPool) {
        self.pool = pool
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let executor = asUnownedTaskExecutor()
        pool.submit { _ in job.runSynchronously(on: executor) }
    }
}
