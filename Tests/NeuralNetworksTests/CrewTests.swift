import Foundation
import Synchronization
import Testing

@testable import NeuralNetworks

/// The crew: every piece is done once, and a stage ends when its pieces have.
@Suite struct CrewTests {
    @Test("Every piece is done once, whatever the number of threads", arguments: [1, 2, 3, 8])
    func piecesAreDoneOnce(threads: Int) {
        let crew = Crew(threads: threads)
        for pieces in [0, 1, 2, 7, 1000] {
            let counts = (0..<pieces).map { _ in Count() }
            crew.run(pieces) { piece, worker in
                #expect((0..<threads).contains(worker))
                counts[piece].raise()
            }
            #expect(counts.allSatisfy { $0.value == 1 })
        }
    }

    @Test("Many short stages follow each other without losing a piece, asleep or awake")
    func stagesFollow() {
        let crew = Crew(threads: 3)
        let total = Count()
        for stage in 0..<20_000 {
            crew.run(stage % 5) { _, _ in total.raise() }
            // Now and then long enough for helpers to fall asleep.
            if stage % 5000 == 0 { Thread.sleep(forTimeInterval: 0.002) }
        }
        #expect(total.value == 20_000 / 5 * 10)
    }

    @Test("More pieces than a ticket counts are done all the same")
    func manyPieces() {
        let total = Count()
        Crew(threads: 2).run(3_000_000) { _, _ in total.raise() }
        #expect(total.value == 3_000_000)
    }

    @Test("A worker is never in two pieces at once")
    func workersAreApart() {
        let crew = Crew(threads: 4)
        let busy = (0..<4).map { _ in Count() }
        for _ in 0..<200 {
            crew.run(64) { _, worker in
                #expect(busy[worker].raise() == 1)
                busy[worker].lower()
            }
        }
    }
}

private final class Count: Sendable {
    private let number = Atomic<Int>(0)
    var value: Int { number.load(ordering: .sequentiallyConsistent) }
    @discardableResult func raise() -> Int { number.wrappingAdd(1, ordering: .sequentiallyConsistent).newValue }
    func lower() { number.wrappingSubtract(1, ordering: .sequentiallyConsistent) }
}
