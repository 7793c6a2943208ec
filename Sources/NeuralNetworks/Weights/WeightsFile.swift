import CKernels
public import Foundation

/// A safetensors file, checked when opened; tensors are read when they are asked for.
public struct WeightsFile: Sendable {
    /// For messages.
    public let path: String
    private let stored: StoredBytes
    private let entries: [String: SafetensorsHeader.Entry]
    /// The scales of tensors of bytes: parts of those tensors, not tensors of their own.
    private let scales: [String: SafetensorsHeader.Entry]

    /// Opens a file and checks its header; the file is kept open.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)``
    public init(contentsOf url: URL) throws {
        guard let stored = try? StoredBytes(contentsOf: url) else {
            throw NeuralNetworkError.weightsFile(path: url.path, problem: "it cannot be opened")
        }
        try self.init(stored, path: url.path)
    }

    /// A file that is in memory.
    /// - Parameters:
    ///   - data: all of the file.
    ///   - path: what messages call it.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)``
    public init(_ data: Data, path: String) throws {
        try self.init(StoredBytes(data), path: path)
    }

    init(_ stored: StoredBytes, path: String) throws {
        self.path = path
        self.stored = stored
        do {
            let all = try SafetensorsHeader(stored).entries
            let names = Set(all.filter { $0.value.type == .i8 }.map { SafetensorsHeader.scaleName(of: $0.key) })
            scales = all.filter { names.contains($0.key) }
            entries = all.filter { !names.contains($0.key) }
        } catch {
            throw NeuralNetworkError.weightsFile(path: path, problem: error.text)
        }
    }

    /// Of all tensors, sorted; scales of tensors of bytes are not among them.
    public var names: [String] { entries.keys.sorted() }

    /// Slowest dimension first; nil when there is no such tensor.
    public func shape(of name: String) -> [Int]? { entries[name]?.shape }

    /// A tensor of f32, f16, bf16 (widened), u8, or i8 values (times their scales).
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when there is none, the file was changed, or a value is
    ///   NaN or infinite.
    public func tensor(_ name: String) throws -> Tensor {
        let entry = try entry(name)
        guard var values = try floats(of: entry) else {
            throw problem("tensor \(name) holds 64-bit integers, not weights")
        }
        if let scales = try scales[SafetensorsHeader.scaleName(of: name)].flatMap(floats(of:)), entry.type == .i8 {
            Self.multiply(&values, by: scales)
        }
        let bad = values.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { nn_first_not_finite($0, Int64(buffer.count)) } ?? -1
        }
        guard bad < 0 else { throw problem("value \(bad) of tensor \(name) is not a finite number") }
        return Tensor(shape: entry.shape, values: values)
    }

    /// The bytes of a u8 tensor.
    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when there is none of this name and type, or the
    ///   file was changed.
    public func bytes(_ name: String) throws -> [UInt8] {
        let entry = try entry(name)
        guard entry.type == .u8 else { throw problem("tensor \(name) is not of bytes") }
        return [UInt8](try read(entry))
    }

    private func read(_ entry: SafetensorsHeader.Entry) throws -> Data {
        do {
            return try stored.read(entry.range)
        } catch StoredBytes.Problem.changed {
            throw problem("it was changed after it was opened")
        } catch {
            throw problem("it cannot be read")
        }
    }

    private func entry(_ name: String) throws -> SafetensorsHeader.Entry {
        guard let entry = entries[name] else { throw problem("it has no tensor \(name)") }
        return entry
    }

    private func problem(_ text: String) -> NeuralNetworkError { .weightsFile(path: path, problem: text) }

    private func floats(of entry: SafetensorsHeader.Entry) throws -> [Float]? {
        try read(entry).withUnsafeBytes {
            Self.floats(of: $0, entry.type, count: entry.range.count / entry.type.size)
        }
    }

    /// Each index of the slowest dimension by its scale.
    private static func multiply(_ values: inout [Float], by scales: [Float]) {
        guard !scales.isEmpty else { return }
        let size = values.count / scales.count
        for (channel, scale) in scales.enumerated() {
            for index in channel * size..<(channel + 1) * size { values[index] *= scale }
        }
    }

    private static func floats(of bytes: UnsafeRawBufferPointer, _ type: SafetensorsHeader.ElementType, count: Int)
        -> [Float]?
    {
        guard type != .i64 else { return nil }
        guard count > 0, let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return [] }
        return [Float](unsafeUninitializedCapacity: count) { out, filled in
            let target = out.baseAddress!
            switch type {
            case .f32: memcpy(target, base, count * 4)
            case .f16: nn_widen_f16(base, target, Int64(count))
            case .bf16: nn_widen_bf16(base, target, Int64(count))
            case .u8: for index in 0..<count { target[index] = Float(base[index]) }
            case .i8: for index in 0..<count { target[index] = Float(Int8(bitPattern: base[index])) }
            case .i64: break
            }
            filled = count
        }
    }
}
