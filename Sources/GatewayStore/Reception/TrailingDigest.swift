import Crypto
import Foundation
import Synchronization
import Workflow

/// SHA-256 of a file that is being written, from an offset to its end. It follows the writer on a thread of a crew, so
/// that the writer goes on to the disk meanwhile. It reads the bytes back from the file: they are still in memory, and
/// however far it falls behind costs none of its own.
final class TrailingDigest: Sendable {
    private struct State {
        var written: Int64
        var digested: Int64
        var isQueued = false
        var isDigesting = false
        var isStopped = false
        var failure: (any Error)?
        var waiter: DispatchSemaphore?
    }
    /// Small enough to stay in a core's cache between reading and digesting; less than this wakes no thread.
    private static let chunk: Int64 = 64 << 10

    private let file: any SpoolFile
    private let crew: Crew
    private let state: Mutex<State>
    /// Touched only by whoever digests, one at a time.
    private let hash = Mutex(SHA256())

    init(of file: any SpoolFile, from offset: Int64, crew: Crew) {
        self.file = file
        self.crew = crew
        state = Mutex(State(written: offset, digested: offset))
    }

    /// The file has come to be this long, and is complete where `isWhole`.
    func advance(to length: Int64, isWhole: Bool = false) {
        let starts = state.withLock { state in
            state.written = length
            let waiting = length - state.digested
            guard !state.isQueued, !state.isDigesting, waiting >= (isWhole ? 1 : Self.chunk)
            else { return false }
            state.isQueued = true
            return true
        }
        if starts { crew.run { _ = self.digest() } }
    }

    /// The same for bytes that are at hand, where every core has work: they are digested here and now if none before
    /// them wait, which spares reading them back and waking a thread.
    func advance(to length: Int64, with bytes: UnsafeRawBufferPointer) {
        let isNext = state.withLock { state in
            let isNext =
                !state.isQueued && !state.isDigesting && state.digested == state.written
                && state.written + Int64(bytes.count) == length
            guard isNext else { return false }
            state.written = length
            state.digested = length
            return true
        }
        if isNext { hash.withLock { $0.update(bufferPointer: bytes) } } else { advance(to: length) }
    }

    /// Blocks until all is digested. What the crew has not come to is done here.
    func finish() throws -> ObjectDigest {
        while !digest() { waitForCrew() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        guard let digest = ObjectDigest(hash.withLock { $0.finalize() }) else {
            throw ReceptionRefusal.cannotUnderstand("no digest")
        }
        return digest
    }

    /// Returns when the file is read no more, so that it may be closed.
    func stop() {
        state.withLock { $0.isStopped = true }
        waitForCrew()
    }

    private func waitForCrew() {
        let waiter = state.withLock { state -> DispatchSemaphore? in
            guard state.isDigesting else { return nil }
            state.waiter = DispatchSemaphore(value: 0)
            return state.waiter
        }
        waiter?.wait()
    }

    /// Whether nobody else was at it: then all of the file is digested, as far as it goes.
    private func digest() -> Bool {
        let begins = state.withLock { state in
            state.isQueued = false
            guard !state.isDigesting else { return false }
            state.isDigesting = true
            return true
        }
        guard begins else { return false }
        while let range = next() {
            do {
                try digest(range)
            } catch {
                state.withLock { $0.failure = error }
            }
        }
        return true
    }

    /// What is to be digested now; nil, and the end of this turn, when there is nothing.
    private func next() -> Range<Int64>? {
        state.withLock { state in
            guard !state.isStopped, state.failure == nil, state.digested < state.written else {
                state.isDigesting = false
                state.waiter?.signal()
                state.waiter = nil
                return nil
            }
            defer { state.digested = state.written }
            return state.digested..<state.written
        }
    }

    private func digest(_ range: Range<Int64>) throws {
        try withUnsafeTemporaryAllocation(byteCount: Int(Self.chunk), alignment: 64) { buffer in
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Int(Self.chunk)) {
                let count = Int(min(Self.chunk, range.upperBound - start))
                let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
                try file.read(at: start, into: bytes)
                hash.withLock { $0.update(bufferPointer: UnsafeRawBufferPointer(bytes)) }
            }
        }
    }
}
