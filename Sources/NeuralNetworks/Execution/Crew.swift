import CKernels
import Foundation
import Synchronization

/// A few threads that share out the pieces of one stage after another. Between stages that follow closely they wait
/// awake, since going to sleep and being woken takes longer than many a stage; after a while they sleep.
///
/// Which thread takes which piece is left to chance; pieces must be cut by the work's shape alone, so that results do
/// not depend on the number of threads.
final class Crew: Sendable {
    /// At least 1: the caller's own is one of them.
    let threads: Int
    private let board: Board

    init(threads: Int) {
        self.threads = max(1, threads)
        board = Board()
        for helper in 1..<max(1, self.threads) {
            let thread = Thread { [board] in board.help(as: helper) }
            thread.name = "hilum-crew-\(helper)"
            thread.start()
        }
    }

    deinit { board.dismiss() }

    /// Calls the work once for each piece; `worker` is below ``threads`` and is never in two calls at once. One call at a
    /// time. Allocates nothing.
    func run(_ pieces: Int, _ work: CrewWork) {
        guard threads > 1, pieces > 1 else {
            for piece in 0..<max(0, pieces) { work.run(piece, worker: 0) }
            return
        }
        for start in stride(from: 0, to: pieces, by: Board.mostPieces) {
            board.share(start..<min(pieces, start + Board.mostPieces), work)
        }
    }

    /// The same with a closure, for which memory is taken.
    func run(_ pieces: Int, _ body: (_ piece: Int, _ worker: Int) -> Void) {
        withoutActuallyEscaping(body) { run(pieces, ClosureWork($0)) }
    }
}

/// What a crew does piece by piece. A class, so that threads find it through one pointer; pieces of one call run on
/// several threads and write to places of their own.
class CrewWork {
    func run(_ piece: Int, worker: Int) {}
}

private final class ClosureWork: CrewWork {
    private let body: (Int, Int) -> Void

    init(_ body: @escaping (Int, Int) -> Void) { self.body = body }

    override func run(_ piece: Int, worker: Int) { body(piece, worker) }
}

/// What is to be done now.
private final class Board: Sendable {
    /// The stage's number, its pieces and the next of them in one word: who raises it has taken that piece of that
    /// stage, which cannot end before he reports the piece done. Who comes late finds another number and takes nothing.
    private struct Ticket {
        static let bits = 20
        static let mask = (UInt64(1) << bits) - 1
        var word: UInt64
        init(word: UInt64) { self.word = word }
        init(after last: Ticket, pieces: Int) {
            word = ((last.word >> (2 * Self.bits)) &+ 1) << (2 * Self.bits) | UInt64(pieces) << Self.bits
        }

        var next: Int { Int(word & Self.mask) }
        var hasPiece: Bool { word & Self.mask < word >> Self.bits & Self.mask }
    }

    static let mostPieces = Int(Ticket.mask)

    private let ticket = Atomic<UInt64>(0)
    private let done = Atomic<Int>(0)
    /// A ``CrewWork``, which outlives its stage, and its first piece of this stage.
    private let work = Atomic<UInt>(0)
    private let first = Atomic<Int>(0)
    private let asleep = Atomic<Int>(0)
    private let dismissed = Atomic<Bool>(false)
    private let bell = NSCondition()

    /// Looks at the board before sleeping: some 50 µs.
    private static let patience = 2000

    /// Returns when the pieces, at most ``mostPieces``, have been done.
    func share(_ pieces: Range<Int>, _ work: CrewWork) {
        let count = pieces.count
        self.work.store(UInt(bitPattern: Unmanaged.passUnretained(work).toOpaque()), ordering: .relaxed)
        first.store(pieces.lowerBound, ordering: .relaxed)
        done.store(0, ordering: .relaxed)
        let last = Ticket(word: ticket.load(ordering: .relaxed))
        ticket.store(Ticket(after: last, pieces: count).word, ordering: .sequentiallyConsistent)
        if asleep.load(ordering: .sequentiallyConsistent) > 0 { ring() }
        while takePiece(as: 0) {}
        var looks = 0
        while done.load(ordering: .acquiring) < count {
            looks += 1
            if looks % Self.patience == 0 { sched_yield() } else { ck_pause() }
        }
    }

    func help(as worker: Int) {
        while !dismissed.load(ordering: .relaxed) {
            var looks = 0
            while looks < Self.patience {
                if takePiece(as: worker) { looks = 0 } else { looks += 1 }
                ck_pause()
            }
            sleep()
        }
    }

    func dismiss() {
        dismissed.store(true, ordering: .sequentiallyConsistent)
        ring()
    }

    /// Does one piece of the present stage, or sees somebody else take it; false when none is left.
    private func takePiece(as worker: Int) -> Bool {
        let seen = Ticket(word: ticket.load(ordering: .acquiring))
        guard seen.hasPiece else { return false }
        guard
            ticket.compareExchange(expected: seen.word, desired: seen.word + 1, ordering: .acquiringAndReleasing)
                .exchanged
        else { return true }
        let present = UnsafeRawPointer(bitPattern: work.load(ordering: .relaxed))!
        Unmanaged<CrewWork>.fromOpaque(present)._withUnsafeGuaranteedRef {
            $0.run(first.load(ordering: .relaxed) + seen.next, worker: worker)
        }
        done.wrappingAdd(1, ordering: .releasing)
        return true
    }

    private func ring() {
        bell.lock()
        bell.broadcast()
        bell.unlock()
    }

    private func sleep() {
        bell.lock()
        asleep.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while !dismissed.load(ordering: .sequentiallyConsistent),
            !Ticket(word: ticket.load(ordering: .sequentiallyConsistent)).hasPiece
        {
            bell.wait()
        }
        asleep.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        bell.unlock()
    }
}
