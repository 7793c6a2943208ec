import Testing

@testable import NeuralNetworks

/// Equal steps give equal bits.
@Suite struct TrainerTests {
    /// Every kind of layer at small size, with dropout.
    static let network = FCDenseNet103.network(classes: 3)
    static let start = TrainingFixture.parameters(network)
    static let input = Tensor(shape: [2, 1, 32, 32], values: TrainingFixture.uniform(1004, 2 * 32 * 32))
    static let target = TrainingTarget(
        labels: (0..<2 * 32 * 32).map { TrainingTarget.label(of: Int(TrainingFixture.hash(1005, $0) % 3)) },
        weights: [1, 1, 1])

    static var sgd: DescentSettings {
        var sgd = DescentSettings(rate: 0.01)
        sgd.nesterov = true
        sgd.decay = 1e-4
        sgd.clip = 5
        sgd.averaging = 0.9
        return sgd
    }

    /// The losses' bits.
    private func steps(_ trainer: Trainer, _ seeds: Range<UInt64>, adam: Bool = false) throws -> [UInt32] {
        try seeds.map {
            var descent = Self.sgd
            if adam { descent.adam = DescentSettings.Adam(secondMoment: 0.99) }
            return try trainer.step(Self.input, Self.target, descent, seed: $0).loss.bitPattern
        }
    }

    private func bits(_ state: [String: Tensor]) -> [String: [UInt32]] {
        state.mapValues { $0.values.map(\.bitPattern) }
    }

    private static func trainer(threads: Int) throws -> Trainer {
        try Trainer(start, settings: Trainer.Settings(threads: threads))
    }

    @Test func threadsAndRunsChangeNoBit() throws {
        let first = try Self.trainer(threads: 1)
        let losses = try steps(first, 0..<3)
        let state = bits(first.state)
        for threads in 1...3 {
            let other = try Self.trainer(threads: threads)
            #expect(try steps(other, 0..<3) == losses, "\(threads) threads")
            #expect(bits(other.state) == state, "\(threads) threads")
        }
    }

    /// Layers that FC-DenseNet103 does not have.
    @Test func threadsChangeNoBitOfABottleneck() throws {
        let small = Self.bottleneck
        var sgd = Self.sgd
        sgd.rate = 0.05
        let runs = try (1...3).map { threads in
            let trainer = try Trainer(small.parameters, settings: Trainer.Settings(threads: threads))
            for seed in 0..<3 {
                _ = try trainer.step(small.input(side: 18), small.target(side: 18), sgd, seed: UInt64(seed))
            }
            return bits(trainer.state)
        }
        #expect(runs[1] == runs[0])
        #expect(runs[2] == runs[0])
    }

    @Test func anotherSeedDropsOtherValues() throws {
        let trainer = try Self.trainer(threads: 1)
        #expect(try steps(trainer, 0..<1) != steps(try Self.trainer(threads: 1), 1..<2))
    }

    @Test(arguments: [false, true]) func aRestoredTrainerGoesOnWithTheSameBits(adam: Bool) throws {
        let first = try Self.trainer(threads: 2)
        _ = try steps(first, 0..<2, adam: adam)
        let state = first.state
        #expect(state.keys.contains { $0.hasPrefix("square/") } == adam)
        let losses = try steps(first, 2..<4, adam: adam)

        // Other numbers to start with, so that nothing but the state can bring the same.
        let halves = Self.start.tensors.mapValues { Tensor(shape: $0.shape, values: $0.values.map { $0 / 2 }) }
        let second = try Trainer(Parameters(Self.network, tensors: halves), settings: Trainer.Settings(threads: 2))
        try second.restore(state)
        #expect(try steps(second, 2..<4, adam: adam) == losses)
        #expect(bits(second.state) == bits(first.state))
        #expect(second.averaged == first.averaged)
    }

    /// Adam's first update of a weight is as long as the rate, whatever its gradient (Kingma and Ba 2015, §2.1).
    @Test func whatIsThawedBeginsAdamAnew() throws {
        let trainer = try Self.trainer(threads: 1)
        trainer.frozen = ["stem"]
        var descent = DescentSettings(rate: 0.001)
        descent.adam = DescentSettings.Adam(secondMoment: 0.99)
        for seed in 0..<3 { _ = try trainer.step(Self.input, Self.target, descent, seed: UInt64(seed)) }
        let before = trainer.parameters["stem.weight"].values
        #expect(before == Self.start["stem.weight"].values)
        trainer.frozen = []
        _ = try trainer.step(Self.input, Self.target, descent, seed: 3)
        let lengths = zip(before, trainer.parameters["stem.weight"].values).map { abs($1 - $0) }
        #expect(lengths.allSatisfy { abs($0 - 0.001) < 0.00002 })
    }

    @Test("A loss that is no finite number is told, and changes no weight")
    func infinite() throws {
        let trainer = try Self.trainer(threads: 1)
        let weights = trainer.parameters["head.weight"]
        let input = Tensor(shape: Self.input.shape, values: Self.input.values.map { $0 * .greatestFiniteMagnitude })
        let result = try trainer.step(input, Self.target, Self.sgd, seed: 1)
        #expect(!result.isFinite)
        #expect(trainer.parameters["head.weight"] == weights)
    }

    @Test func moreClassesThanALabelHasBitsAreRefused() throws {
        let many = FCDenseNet103.network(classes: TrainingTarget.mostClasses + 1)
        let error = #expect(throws: NeuralNetworkError.self) {
            try Trainer(TrainingFixture.parameters(many), settings: Trainer.Settings(threads: 1))
        }
        #expect(error?.description.contains("at most 8 can be trained") == true)
    }

    @Test func averagesAreExponential() throws {
        let trainer = try Self.trainer(threads: 1)
        let before = trainer.parameters["head.weight"].values
        _ = try steps(trainer, 0..<1)
        let after = trainer.parameters["head.weight"].values
        for (average, (old, new)) in zip(trainer.averaged["head.weight"].values, zip(before, after)) {
            #expect(abs(average - (0.9 * old + 0.1 * new)) < 1e-6)
        }
    }

    /// ResNet's: 1×1, strided 3×3, 1×1, a strided shortcut, normalisations with and without the sum;
    /// then pool and average.
    private static let bottleneck: SmallNetwork = {
        var small = SmallNetwork()
        func normalized(_ name: String, _ node: Network.NodeID) -> Network.NodeID {
            small.network.append(.normalization(name: name + ".norm", epsilon: 1e-5), node)
        }
        let stem = small.convolution("stem", 0, outputs: 64, hasBias: false)
        let active = small.network.append(.relu, normalized("stem", stem))
        let pooled = small.network.append(.maxPool(kernel: 3, stride: 2, padding: 1), active)
        var top = small.network.append(.relu, normalized("a", small.convolution("a", pooled, outputs: 64, kernel: 1)))
        top = small.network.append(.relu, normalized("b", small.convolution("b", top, outputs: 64, stride: 2)))
        top = small.network.append(.relu, normalized("c", small.convolution("c", top, outputs: 64)))
        top = normalized("d", small.convolution("d", top, outputs: 128, kernel: 1))
        let shortcut = normalized("e", small.convolution("e", pooled, outputs: 128, kernel: 1, stride: 2))
        return small.finish(averaged: small.network.append(.relu, small.network.append(.add, top, shortcut)))
    }()
}
