import ArgumentParser
import NeuralNetworks

/// `--level`: which kernels a measurement takes.
struct KernelLevelOption: ParsableArguments {
    @Option(
        name: .customLong("level"),
        help: "baseline, avx2 or avx512: the instructions that products use; the best of this processor without it.")
    private var word: String?

    func validate() throws {
        guard let word else { return }
        let known = KernelChoice.Level.available.map(\.rawValue)
        guard known.contains(word) else {
            throw ValidationError("--level is \(known.joined(separator: " or ")) on this processor, not '\(word)'")
        }
    }

    var level: KernelChoice.Level { word.flatMap(KernelChoice.Level.init) ?? .best }
}
