import ArgumentParser
import Foundation
import NeuralNetworks

/// `hilum bundle pack`: trained weights in the form that a bundle ships.
struct BundlePackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Store a network's weights in 8 or 16 bits.",
        discussion: """
            Takes weights of ResNet-101 or FC-DenseNet103, as training writes them. i8 keeps a scale for each output; \
            biases, normalisations and running statistics stay f32.
            """)

    @Argument(help: "A safetensors file with all of the network's tensors.")
    var source: String

    @Argument(help: "The safetensors file to write.")
    var output: String

    @Option(
        help: "How values are stored: f32, bf16, or i8 with a scale for each output.",
        transform: BundleImportCommand.precision(named:))
    var precision = StoredPrecision.i8

    func run() async throws {
        let file = try WeightsFile(contentsOf: URL(filePath: source))
        let network = Self.network(of: file)
        let weights = try Parameters(NetworkWeights(network, from: file))
        try weights.write(to: URL(filePath: output), as: precision, metadata: ["network": network.name])
        let size = try FileManager.default.attributesOfItem(atPath: output)[.size] as? Int ?? 0
        print("\(output): \(network.name), \(precision.rawValue), \(size) bytes")
    }

    /// The network that the tensors' names speak of; its own check says what does not fit.
    private static func network(of file: WeightsFile) -> Network {
        if let head = file.shape(of: "head.weight"), let classes = head.first {
            return FCDenseNet103.network(classes: max(1, min(classes, 1000)))
        }
        return ResNet101.network(classes: max(1, min(file.shape(of: ResNet101.classWeight)?.first ?? 4, 1000)))
    }
}
