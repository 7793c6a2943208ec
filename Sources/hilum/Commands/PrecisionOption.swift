import ArgumentParser
import Diagnosis
import Foundation
import NeuralNetworks

/// `--precision`: in what numbers radiographs are classified.
struct PrecisionOption: ParsableArguments {
    @Option(
        name: .customLong("precision"),
        help: """
            f32, bf16, or int8 where the bundle has a calibration; auto: f32 or bf16, whichever this processor is faster \
            in. The bundle's without it.
            """)
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
