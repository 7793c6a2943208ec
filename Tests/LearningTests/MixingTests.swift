import Diagnosis
import Imaging
import NeuralNetworks
import Testing

@testable import Learning

/// Rectangles of other images of the class.
@Suite struct MixingTests {
    @Test("What is laid over a sample is one rectangle of the other")
    func rectangle() {
        let other = (0..<4096).map { Float($0) + 1 }
        for index in 0..<50 as Range<UInt64> {
            var stream = RandomStream(seed: 1, .mixing, index: index)
            var values = [Float](repeating: 0, count: 4096)
            RectangleMixing(share: 1).lay(other, over: &values, side: 64, &stream)
            let laid = values.indices.filter { values[$0] != 0 }
            #expect(laid.allSatisfy { values[$0] == other[$0] })
            let (rows, columns) = (Set(laid.map { $0 / 64 }), Set(laid.map { $0 % 64 }))
            #expect(laid.count == rows.count * columns.count)
            for places in [rows, columns] {
                #expect((25...51).contains(places.count))
                #expect(places.max()! - places.min()! == places.count - 1)
            }
        }
    }

    private func task(mixing: Float) throws -> ClassificationTask {
        let rows = try TrainingRows(
            classes: ["normal", "covid19"],
            train: (0..<4).map { TrialTests.row($0, $0 % 2, $0 < 2 ? "a" : "b") },
            validation: [TrialTests.row(4, 0, "a"), TrialTests.row(5, 1, "b")], from: "m.csv")
        return try ClassificationTask(
            rows, images: (0..<6).map { _ in Phantom.chest }, preparation: "test",
            settings: ClassificationTask.Settings(
                box: LungBoxSettings(wiener: .mask), patchSide: 224, patches: 2, fewPatches: 1, mean: [0.5],
                deviation: [0.25], mixing: mixing))
    }

    @Test("Mixing changes a share of the samples learned from, no label, and nothing of the statistics' samples")
    func batches() throws {
        let (plain, mixed) = (try task(mixing: 0), try task(mixing: 0.5))
        #expect(plain.dataDigest != mixed.dataDigest)
        var request = BatchRequest(seed: 7, first: 3, count: 40, side: 32)
        let (before, after) = (plain.batch(request), mixed.batch(request))
        #expect(after == mixed.batch(request))
        #expect(before.labels == after.labels)
        let changed = (0..<40).count { sample in
            let part = sample * 1024..<(sample + 1) * 1024
            return before.input.values[part] != after.input.values[part]
        }
        #expect((10...30).contains(changed))
        request.purpose = .recalibration
        #expect(plain.batch(request) == mixed.batch(request))
    }

    @Test("A sample's number decides its class, whatever the seed")
    func classes() {
        let groups = (0..<60).map { $0 % 3 }
        let sampler = BalancedSampler(
            groups: groups, shares: [1, 1, 2], sources: groups.indices.map { "\($0 % 7)" })
        var others = 0
        for number in 0..<500 as Range<UInt64> {
            let (one, other) = (sampler.image(number: number, seed: 1), sampler.image(number: number, seed: 2))
            #expect(groups[one] == groups[other])
            others += one == other ? 0 : 1
        }
        #expect(others > 400)
    }
}
