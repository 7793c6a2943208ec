import Testing

@testable import NeuralNetworks

/// Gradients of small networks against finite differences of their own losses. Each has a layer before the one in
/// question, so that what reaches its input is tested with its weights.
@Suite struct LayerGradientTests {
    @Test(arguments: [16, 64, 128], [6, 16]) func winogradsWeightGradientIsTheLosssSlope(_ channels: Int, _ side: Int)
        throws
    {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: channels)
        let top = small.convolution("conv", stem, outputs: channels, hasBias: false)
        try small.finish(averaged: top).expectSlopes(side: side)
    }

    @Test(arguments: [7, 8]) func stridedConvolutionsGradientIsTheLosssSlope(_ side: Int) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        let top = small.convolution("conv", stem, outputs: 48, stride: 2)
        try small.finish(top).expectSlopes(side: side)
    }

    /// A shortcut as ResNet's: the input's gradient comes from two readers, one with a stride of 2.
    @Test(arguments: [7, 8]) func stridedShortcutsGradientIsTheLosssSlope(_ side: Int) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        let wide = small.convolution("conv", stem, outputs: 48, stride: 2)
        let shortcut = small.convolution("shortcut", stem, outputs: 48, kernel: 1, stride: 2)
        let top = small.network.append(.relu, small.network.append(.add, wide, shortcut))
        try small.finish(top).expectSlopes(side: side)
    }

    @Test(arguments: [7, 8]) func transposedConvolutionsGradientIsTheLosssSlope(_ side: Int) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        let low = small.convolution("low", stem, outputs: 48, stride: 2)
        let layer = Network.Convolution("up", outputs: 32, kernel: 3, stride: 2, hasBias: true)
        let top = small.network.append(.transposedConvolution(layer), low, stem)
        try small.finish(small.network.append(.concatenation, top, stem)).expectSlopes(side: side)
    }

    @Test(arguments: [(2, 0), (3, 1)], [7, 8]) func maxPoolsGradientIsTheLosssSlope(
        _ pool: (kernel: Int, padding: Int), _ side: Int
    ) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        let top = small.network.append(.maxPool(kernel: pool.kernel, stride: 2, padding: pool.padding), stem)
        try small.finish(top).expectSlopes(side: side)
    }

    @Test(arguments: [false, true]) func normalizationsGradientIsTheLosssSlope(_ relu: Bool) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        var top = small.network.append(.normalization(name: "norm", epsilon: 1e-5), stem)
        if relu { top = small.network.append(.relu, top) }
        try small.finish(top).expectSlopes(side: 6)
    }

    /// The residual is read by the sum alone at last, so both gradients share a place.
    @Test(arguments: [false, true]) func aResidualsGradientIsTheLosssSlope(_ relu: Bool) throws {
        var small = SmallNetwork()
        let stem = small.convolution("stem", 0, outputs: 32)
        let inner = small.convolution("conv", stem, outputs: 32, kernel: 1)
        let normalized = small.network.append(.normalization(name: "norm", epsilon: 1e-5), inner)
        var top = small.network.append(.add, normalized, stem)
        if relu { top = small.network.append(.relu, top) }
        try small.finish(top).expectSlopes(side: 6)
    }

    /// Dropout drops the same values for one seed, so a loss with it has a slope too.
    @Test(arguments: [Float(0), 0.3]) func aDenseBlocksGradientIsTheLosssSlope(_ dropout: Float) throws {
        try Self.denseBlock.expectSlopes(side: 9, dropout: dropout)
    }

    @Test func frozenLayersLeaveTheOthersSlopesRight() throws {
        try Self.denseBlock.expectSlopes(side: 9, frozen: ["stem", "layers.0"])
        try Self.denseBlock.expectSlopes(side: 9, frozen: ["layers.1"])
    }

    @Test func gradientsOfLabelSetsAreTheLosssSlope() throws {
        try Self.denseBlock.expectSlopes(
            side: 6, label: { UInt8(TrainingFixture.hash(9, $0) % 16) }, weights: [1, 2, 0.5, 1.5], smoothing: 0.1)
    }

    @Test func frozenLayersKeepWeightsAndStatistics() throws {
        let small = Self.denseBlock
        let before = small.parameters
        var settings = Trainer.Settings(threads: 2)
        settings.frozen = ["stem", "layers.0"]
        let trainer = try Trainer(before, settings: settings)
        var sgd = DescentSettings(rate: 0.1)
        sgd.decay = 0.01
        for seed in 0..<2 { _ = try trainer.step(small.input(side: 6), small.target(side: 6), sgd, seed: UInt64(seed)) }
        let after = trainer.parameters
        for parameter in small.network.parameters {
            let isFrozen = settings.frozen.contains { parameter.name.hasPrefix($0 + ".") }
            #expect((after[parameter.name] == before[parameter.name]) == isFrozen, "\(parameter.name)")
        }
    }

    /// Two layers, which take their inputs' normalisation in.
    static let denseBlock: SmallNetwork = {
        var small = SmallNetwork()
        var parts = [small.convolution("stem", 0, outputs: 32)]
        for layer in 0..<2 {
            let given = parts.count > 1 ? small.network.append(.concatenation, parts) : parts[0]
            let normalized = small.network.append(.normalization(name: "layers.\(layer).norm", epsilon: 1e-5), given)
            let active = small.network.append(.relu, normalized)
            parts.append(small.convolution("layers.\(layer).conv", active, outputs: 16, isDropped: true))
        }
        return small.finish(small.network.append(.concatenation, parts))
    }()
}
