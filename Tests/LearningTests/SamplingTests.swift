import Foundation
import NeuralNetworks
import Testing

@testable import Learning

@Suite struct SamplingTests {
    @Test("Groups come in their shares in every batch, sources by the root of their sizes, images alike")
    func balance() {
        // Class 0: 90 images of a, 10 of b; class 1: 5 of a.
        let labels = Array(repeating: 0, count: 100) + Array(repeating: 1, count: 5)
        let sources =
            Array(repeating: "a", count: 90) + Array(repeating: "b", count: 10)
            + Array(repeating: "a", count: 5)
        let sampler = BalancedSampler(groups: labels, shares: [1, 1], sources: sources)
        let draws = (0..<32_000 as Range<UInt64>).map { sampler.image(number: $0, seed: 4) }
        for start in stride(from: 0, to: draws.count, by: 32) {
            let first = draws[start..<start + 32].count { $0 < 100 }
            #expect((14...18).contains(first))
        }
        let (a, b) = (draws.count { $0 < 90 }, draws.count { (90..<100).contains($0) })
        // √90 : √10 = 3 : 1.
        #expect(abs(Double(a) / Double(b) - 3) < 0.2)
        let each = (0..<10).map { image in draws.count { $0 == 90 + image } }
        #expect(each.allSatisfy { abs($0 - b / 10) < 120 })
    }

    @Test("A sample's image depends on its number and the seed alone")
    func repeatable() {
        let sampler = BalancedSampler([.init(sources: [[0, 1, 2], [3, 4]]), .init(sources: [[5, 6, 7, 8]])])
        let some = (100..<200 as Range<UInt64>).map { sampler.image(number: $0, seed: 1) }
        let again = (100..<200 as Range<UInt64>).reversed().map { sampler.image(number: $0, seed: 1) }.reversed()
        #expect(some == Array(again))
        #expect(some != (100..<200 as Range<UInt64>).map { sampler.image(number: $0, seed: 2) })
    }

    @Test("Batches come in the order of their steps, whichever thread made them", arguments: [1, 4])
    func queue(threads: Int) {
        let queue = BatchQueue(steps: 3..<40, threads: threads) { step in
            TrainingBatch(input: .init(shape: [1], values: [Float(step)]), labels: [])
        }
        #expect((3..<40).allSatisfy { queue.take()?.input.values == [Float($0)] })
        #expect(queue.take() == nil)
        queue.close()
    }

    @Test("A closed queue hands nothing out")
    func closed() {
        let queue = BatchQueue(steps: 0..<1_000_000, threads: 2) { _ in
            TrainingBatch(input: .init(shape: [0], values: []), labels: [])
        }
        _ = queue.take()
        queue.close()
        #expect(queue.take() == nil)
    }
}
