public import Foundation

/// Tensors that are written as a safetensors file.
///
/// The same tensors and metadata give the same bytes: tensors follow each other by size of element, largest first, then
/// by name, as Hugging Face's library orders them, which keeps every tensor aligned; the header is padded to eight bytes.
public struct WeightsFileWriter: Sendable {
    private var metadata: [String: String]
    private var tensors: [String: (tensor: Tensor, precision: StoredPrecision)] = [:]

    /// - Parameter metadata: the header's `__metadata__`: for people and programs that look into the file.
    public init(metadata: [String: String] = [:]) { self.metadata = metadata }

    /// Adds a tensor, in the place of an earlier one of that name. As bytes (``StoredPrecision/i8``) only tensors of two or
    /// more dimensions are held; others, biases and statistics, stay f32.
    public mutating func add(_ name: String, _ tensor: Tensor, as precision: StoredPrecision) {
        tensors[name] = (tensor, precision)
    }

    /// Writes the file durably: a crash leaves the old file or the new one, whole.
    /// - Throws: ``NeuralNetworkError/weightsNotWritten(path:problem:)``: a full disk, a missing folder, a value that is not
    ///   finite in its precision. An older file of that name is untouched then.
    public func write(to url: URL) throws {
        do {
            let parts = try SafetensorsPart.parts(of: tensors)
            let file = try DurableFile(replacing: url)
            try emit(parts, file.write)
            try file.commit()
        } catch let error as DurableFile.Problem {
            throw NeuralNetworkError.weightsNotWritten(path: url.path, problem: error.text)
        } catch let error as SafetensorsHeader.Problem {
            throw NeuralNetworkError.weightsNotWritten(path: url.path, problem: error.text)
        }
    }

    /// The file's bytes.
    /// - Parameter path: what messages call them.
    /// - Throws: ``NeuralNetworkError/weightsNotWritten(path:problem:)`` for a value that is not finite in its precision.
    public func data(path: String) throws -> Data {
        var data = Data()
        do {
            try emit(try SafetensorsPart.parts(of: tensors)) { data.append(contentsOf: $0) }
        } catch let error as SafetensorsHeader.Problem {
            throw NeuralNetworkError.weightsNotWritten(path: path, problem: error.text)
        }
        return data
    }

    private func emit(_ parts: [SafetensorsPart], _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try SafetensorsPart.header(of: parts, metadata).withUnsafeBytes(write)
        for part in parts {
            switch part.values {
            case .floats(let values): try values.withUnsafeBytes(write)
            case .bytes(let values): try values.withUnsafeBytes(write)
            case .signed(let values): try values.withUnsafeBytes(write)
            }
        }
    }
}

extension Parameters {
    /// Writes a weights file that ``NetworkWeights/init(_:from:)`` reads back.
    /// - Parameters:
    ///   - url: of a file in a folder that is there.
    ///   - precision: of all tensors; ``StoredPrecision/i8`` of those with two or more dimensions, the others stay f32.
    ///   - metadata: the header's `__metadata__`.
    /// - Throws: ``NeuralNetworkError/weightsNotWritten(path:problem:)`` when the disk is full, the folder is missing, or a
    ///   value is not finite in `precision`; an older file of that name is untouched then.
    public func write(to url: URL, as precision: StoredPrecision, metadata: [String: String] = [:]) throws {
        var writer = WeightsFileWriter(metadata: metadata)
        for (name, tensor) in tensors { writer.add(name, tensor, as: precision) }
        try writer.write(to: url)
    }
}
