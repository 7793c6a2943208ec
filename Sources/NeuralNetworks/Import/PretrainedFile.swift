import Foundation

/// Weights of others, by name: a safetensors file or one that PyTorch saved.
enum PretrainedFile {
    case safetensors(WeightsFile)
    case torch(TorchFile)

    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)``
    init(contentsOf url: URL) throws {
        guard let stored = try? StoredBytes(contentsOf: url) else {
            throw NeuralNetworkError.weightsFile(path: url.path, problem: "it cannot be opened")
        }
        try self.init(stored, path: url.path)
    }

    /// - Parameter path: what messages call the bytes.
    init(_ stored: StoredBytes, path: String) throws {
        self =
            try TorchContainer.isOne(stored)
            ? .torch(TorchFile(stored, path: path)) : .safetensors(WeightsFile(stored, path: path))
    }

    var path: String {
        switch self {
        case .safetensors(let file): file.path
        case .torch(let file): file.path
        }
    }

    /// Of all tensors.
    var shapes: [String: [Int]] {
        switch self {
        case .safetensors(let file):
            Dictionary(file.names.map { ($0, file.shape(of: $0) ?? []) }) { first, _ in first }
        case .torch(let file): file.shapes
        }
    }

    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when a value is not finite, or the file is damaged.
    func tensor(_ name: String) throws -> Tensor {
        switch self {
        case .safetensors(let file): try file.tensor(name)
        case .torch(let file): try file.tensor(name)
        }
    }
}
