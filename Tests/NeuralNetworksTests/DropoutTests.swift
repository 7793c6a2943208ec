import CKernels
import Testing

/// Which values are dropped follows from seed and place alone, and looks like chance.
@Suite struct DropoutTests {
    private func kept(_ count: Int, share: Float = 0.2, seed: UInt64, first: UInt64) -> [Bool] {
        var x = [Float](repeating: 1, count: count)
        nn_dropout(&x, Int64(count), share, seed, first)
        #expect(x.allSatisfy { $0 == 0 || $0 == 1 / (1 - share) })
        return x.map { $0 > 0 }
    }

    private func agreement(_ one: [Bool], _ other: [Bool]) -> Double {
        Double(zip(one, other).count { $0 == $1 }) / Double(one.count)
    }

    @Test("The asked share is dropped, the rest is scaled", arguments: [Float(0), 0.2, 0.5, 0.9])
    func share(_ share: Float) {
        let count = 200_000
        let dropped = Double(kept(count, share: share, seed: 1, first: 0).count { !$0 })
        let deviation = (Double(count) * Double(share) * (1 - Double(share))).squareRoot()
        #expect(abs(dropped - Double(count) * Double(share)) <= 4 * deviation)
    }

    @Test("Parts drop what the whole drops, across 32 bits too")
    func parts() {
        let first: UInt64 = 1 << 32 - 700
        let whole = kept(2000, seed: 9, first: first)
        #expect(kept(900, seed: 9, first: first) + kept(1100, seed: 9, first: first + 900) == whole)
    }

    @Test("Other seeds, neighbours and far places are independent")
    func independence() {
        let count = 100_000
        let one = kept(count, seed: 9, first: 0)
        // Two independent draws agree with probability 0.8 * 0.8 + 0.2 * 0.2.
        let others = [
            kept(count, seed: 10, first: 0), kept(count, seed: 9 | 1 << 40, first: 0), kept(count, seed: 9, first: 1),
            kept(count, seed: 9, first: 16), kept(count, seed: 9, first: 1 << 32), kept(count, seed: 9, first: 1 << 20),
        ]
        for other in others { #expect(abs(agreement(one, other) - 0.68) < 0.008) }
    }
}
