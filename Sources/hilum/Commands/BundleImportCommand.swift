public import ArgumentParser
import Foundation
import NeuralNetworks

/// `hilum bundle import`: a network that others trained as a start for training.
struct BundleImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make starting weights for ResNet-101 of a network that others trained.",
        discussion: """
            Reads torchvision's ResNet-50, 101 and 152, and 3-D networks inflated from ResNet-152, from safetensors \
            and from files that PyTorch saved (.pth, .pt, .bin). Nothing that such a file says is run. The running \
            statistics of batch normalisation suit the images that the source was trained with; training takes them anew.
            """)

    @Argument(help: "The source's weights.")
    var source: String

    @Argument(help: "The safetensors file to write.")
    var output: String

    @Option(help: "Classes of the last layer, which is the source's only if it has as many.")
    var classes = 4

    @Option(help: "How values are stored: f32, bf16, or i8 with a scale for each output.", transform: precision(named:))
    var precision = StoredPrecision.f32

    @Flag(help: "Print one JSON object.")
    var json = false

    /// What `--json` prints.
    struct Summary: Codable {
        var path: String
        var depth: Int
        var isInflated: Bool
        var droppedBlocks: Int
        var addedBlocks: Int
        var keepsHead: Bool
    }

    func validate() throws {
        guard (1...1000).contains(classes) else { throw ValidationError("--classes wants 1 to 1000.") }
    }

    func run() async throws {
        let source = URL(filePath: source)
        let imported = try ResNetImport(contentsOf: source, classes: classes)
        // One seed: the same file from the same source.
        let parameters = try imported.parameters(seed: 1)
        try parameters.write(
            to: URL(filePath: output), as: precision,
            metadata: ["network": parameters.network.name, "source": source.lastPathComponent])
        if json {
            return try JSONLine.print(
                Summary(
                    path: output, depth: imported.depth, isInflated: imported.isInflated,
                    droppedBlocks: imported.droppedBlocks, addedBlocks: imported.addedBlocks,
                    keepsHead: imported.keepsHead))
        }
        print(Self.sentence(imported, classes: classes, output: output))
    }

    static func precision(named word: String) throws -> StoredPrecision {
        guard let precision = StoredPrecision(rawValue: word) else {
            throw ValidationError("--precision is f32, bf16 or i8, not '\(word)'.")
        }
        return precision
    }

    private static func sentence(_ imported: ResNetImport, classes: Int, output: String) -> String {
        var parts = ["\(output): ResNet-101 from ResNet-\(imported.depth)"]
        if imported.isInflated { parts.append("kernels summed over depth, first layer scaled to normalised input") }
        if imported.droppedBlocks > 0 { parts.append("\(imported.droppedBlocks) blocks left out") }
        if imported.addedBlocks > 0 { parts.append("\(imported.addedBlocks) blocks added that change nothing yet") }
        parts.append(imported.keepsHead ? "last layer kept" : "last layer fresh for \(classes) classes")
        return parts.joined(separator: "; ")
    }
}
