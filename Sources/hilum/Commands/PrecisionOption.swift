import ArgumentParser
import Diagnosis
import Foundation
import NeuralNetworks

/// `--precision`: in what numbers radiographs are classified.
struct PrecisionOption: ParsableArguments {
    @Option(
        name: .customLong("precision"),
        help: "f32, bf16 or int8; auto: f32 or bf16, whichever this processor is faster in. The bundle's without it.")
    private var word: String?

    func validate() throws {
        guard let word, word != "auto", Precision(rawValue: word) == nil else { return }
        throw ValidationError("--precision is f32, bf16, int8 or auto, not '\(word)'.")
    }

    /// Nil: as the bundle says.
    func choice(for bundle: ModelBundle) throws -> Precision? {
        guard word == "auto" else { return word.flatMap(Precision.init) }
        return try FasterPrecision(bundle: bundle).choice()
    }
}

/// f32 or bf16, by a measurement that is made once on a machine and remembered.
struct FasterPrecision {
    let bundle: ModelBundle

    private static let rounds = 5

    /// f32 where the bundle has no classification.
    func choice() throws -> Precision {
        guard let weights = bundle.classification, let settings = bundle.configuration.radiograph else { return .f32 }
        let key = "\(KernelChoice.processor) \(bundle.identity.digest)"
        var known = Self.remembered()
        if let word = known[key], let precision = Precision(rawValue: word) { return precision }
        let side = settings.inputSide
        let batch = min(8, settings.patchCount)
        let input = Tensor(
            shape: [batch, weights.network.inputChannels, side, side],
            values: (0..<batch * weights.network.inputChannels * side * side).map { Float($0 % 255) / 128 - 1 })
        let times = try [Precision.f32, .bf16].map { try Self.seconds(weights, $0, input) }
        let faster: Precision = times[1] < times[0] ? .bf16 : .f32
        known[key] = faster.rawValue
        Self.remember(known)
        return faster
    }

    private static func seconds(_ weights: NetworkWeights, _ precision: Precision, _ input: Tensor) throws -> Double {
        let executor = try Executor(
            weights, threads: ProcessInfo.processInfo.activeProcessorCount, precision: precision)
        _ = try executor.run(input)
        let clock = ContinuousClock()
        return try (0..<rounds).map { _ in
            let start = clock.now
            _ = try executor.run(input)
            return (clock.now - start) / .seconds(1)
        }.min() ?? .infinity
    }

    private static var file: URL? {
        FileManager.default.urls(for: .cachesDirectory, in: .userDomainMask).first?
            .appending(path: "hilum/precision.json")
    }

    private static func remembered() -> [String: String] {
        guard let file, let data = try? Data(contentsOf: file) else { return [:] }
        return (try? JSONDecoder().decode([String: String].self, from: data)) ?? [:]
    }

    /// Where it cannot be written, it is measured again the next time.
    private static func remember(_ known: [String: String]) {
        guard let file, let data = try? JSONEncoder().encode(known) else { return }
        try? FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? data.write(to: file, options: .atomic)
    }
}
