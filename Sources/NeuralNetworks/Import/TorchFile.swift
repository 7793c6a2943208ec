import CKernels
import Foundation

/// The state dict of a file that `torch.save` wrote: tensors by name, read when they are asked for.
struct TorchFile {
    private struct Entry {
        var view: Pickle.View
        var type: SafetensorsHeader.ElementType
        var place: TorchContainer.Place
    }

    /// Bytes of one storage: enough for the largest layers, too few to exhaust a machine.
    static let largestStorage = 1 << 30

    /// For messages.
    let path: String
    private let file: StoredBytes
    private let entries: [String: Entry]

    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)``
    init(_ file: StoredBytes, path: String) throws {
        self.path = path
        self.file = file
        entries = try Self.describing(path) {
            let container = try TorchContainer(file)
            return try Self.stateDict(of: container.pickle).mapValues { view in
                let storage = container.pickle.storages[view.storage]
                return Entry(view: view, type: storage.type, place: try container.place(of: storage))
            }
        }
    }

    var shapes: [String: [Int]] { entries.mapValues(\.view.shape) }

    /// - Throws: ``NeuralNetworkError/weightsFile(path:problem:)`` when there is none, the file was changed or is damaged,
    ///   or a value is NaN or infinite.
    func tensor(_ name: String) throws -> Tensor {
        try Self.describing(path) {
            let shown = TorchProblem.shown(name)
            guard let entry = entries[name] else { throw TorchProblem("it has no tensor \(shown)") }
            let values = try values(of: entry, shown)
            if let bad = values.firstIndex(where: { !$0.isFinite }) {
                throw TorchProblem("value \(bad) of tensor \(shown) is not a finite number")
            }
            return Tensor(shape: entry.view.shape, values: values)
        }
    }

    /// The tensors of the object that was saved: a state dict itself, or a training checkpoint that holds one.
    private static func stateDict(of pickle: Pickle) throws -> [String: Pickle.View] {
        guard var entries = pickle.entries(pickle.top) else { throw TorchProblem("it does not hold a state dict") }
        for key in ["state_dict", "model"] {
            if let inner = entries[key].flatMap(pickle.entries) { entries = inner }
        }
        let tensors = entries.compactMapValues { value in
            if case .tensor(let index) = value { pickle.tensors[index] } else { nil }
        }
        guard !tensors.isEmpty else { throw TorchProblem("its state dict holds no tensors") }
        return tensors
    }

    /// In the order of the tensor's shape.
    private func values(of entry: Entry, _ name: String) throws -> [Float] {
        let size = entry.type.size
        let range = entry.place.range
        guard entry.type != .i64 else { throw TorchProblem("tensor \(name) holds 64-bit integers, not weights") }
        guard range.count <= Self.largestStorage else {
            throw TorchProblem("the storage of tensor \(name) has \(range.count) bytes, too many for a layer")
        }
        let data = try file.read(range)
        if let checksum = entry.place.checksum, CRC32.checksum(data) != checksum {
            throw TorchProblem("tensor \(name) is damaged: the checksum differs")
        }
        let view = entry.view
        let span = view.span
        guard !span.isEmpty else { return [] }
        let values = Self.widened(data.subdata(in: span.lowerBound * size..<span.upperBound * size), entry.type)
        return view.isContiguous ? values : Self.gathered(values, view)
    }

    private static func widened(_ data: Data, _ type: SafetensorsHeader.ElementType) -> [Float] {
        let count = data.count / type.size
        return [Float](unsafeUninitializedCapacity: count) { out, filled in
            data.withUnsafeBytes { bytes in
                guard let base = bytes.bindMemory(to: UInt8.self).baseAddress, let target = out.baseAddress else {
                    return
                }
                switch type {
                case .f16: nn_widen_f16(base, target, Int64(count))
                case .bf16: nn_widen_bf16(base, target, Int64(count))
                default: memcpy(target, base, count * 4)
                }
                filled = count
            }
        }
    }

    /// A view's elements, last dimension fastest.
    private static func gathered(_ values: [Float], _ view: Pickle.View) -> [Float] {
        var places = [0]
        for (size, stride) in zip(view.shape, view.strides) {
            places = places.flatMap { start in (0..<size).map { start + $0 * stride } }
        }
        return places.map { values[$0] }
    }

    private static func describing<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let problem as TorchProblem {
            throw NeuralNetworkError.weightsFile(path: path, problem: problem.text)
        } catch StoredBytes.Problem.changed {
            throw NeuralNetworkError.weightsFile(path: path, problem: "it was changed after it was opened")
        } catch is StoredBytes.Problem {
            throw NeuralNetworkError.weightsFile(path: path, problem: "it cannot be read")
        }
    }
}
