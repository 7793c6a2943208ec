import Foundation
public import NeuralNetworks

/// f32 or bf16, by a measurement that is made once on a machine and remembered.
public struct FasterPrecision: Sendable {
    private let bundle: ModelBundle
    private let memory: URL?
    private let seconds: @Sendable (NetworkWeights, Precision, Tensor) throws -> Double

    /// - Parameters:
    ///   - memory: the file that keeps what was measured; nil: nothing is kept.
    ///   - seconds: how long one run of a network takes, in these numbers, on that input.
    init(
        bundle: ModelBundle, memory: URL?,
        seconds: @escaping @Sendable (NetworkWeights, Precision, Tensor) throws -> Double
    ) {
        self.bundle = bundle
        self.memory = memory
        self.seconds = seconds
    }

    /// Measures with all processors, and remembers in the user's folder of caches.
    public init(bundle: ModelBundle) {
        let caches = FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first
        self.init(bundle: bundle, memory: caches?.appending(path: "hilum/precision.json"), seconds: Self.fastest)
    }

    /// f32 where the bundle has no classes of radiographs.
    public func choice() throws -> Precision {
        guard let weights = bundle.classification, let settings = bundle.configuration.radiograph else { return .f32 }
        let key = "\(KernelChoice.processor) \(bundle.identity.digest)"
        var known = remembered()
        if let precision = known[key] { return precision }
        let shape = [
            min(8, settings.patchCount), weights.network.inputChannels, settings.inputSide, settings.inputSide,
        ]
        let input = Tensor(
            shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0 % 255) / 128 - 1 })
        let faster: Precision = try seconds(weights, .bf16, input) < seconds(weights, .f32, input) ? .bf16 : .f32
        known[key] = faster
        remember(known)
        return faster
    }

    private static func fastest(_ weights: NetworkWeights, _ precision: Precision, _ input: Tensor) throws -> Double {
        let executor = try Executor(
            weights, threads: ProcessInfo.processInfo.activeProcessorCount, precision: precision)
        _ = try executor.run(input)
        let clock = ContinuousClock()
        return try (0..<5).map { _ in try clock.measure { _ = try executor.run(input) } / .seconds(1) }.min()
            ?? .infinity
    }

    /// A file that says something else counts as none.
    private func remembered() -> [String: Precision] {
        guard let memory, let data = try? Data(contentsOf: memory) else { return [:] }
        return (try? JSONDecoder().decode([String: Precision].self, from: data)) ?? [:]
    }

    /// Where it cannot be written, it is measured again the next time.
    private func remember(_ known: [String: Precision]) {
        guard let memory, let data = try? JSONEncoder().encode(known) else { return }
        try? FileManager.default.createDirectory(
            at: memory.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? data.write(to: memory, options: .atomic)
    }
}
