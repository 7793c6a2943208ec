import Foundation
import NeuralNetworks

/// Where a run stands, besides the engine's tensors.
struct RunState: Codable, Equatable {
    var recipe: TrainingRecipe
    var plan: StagePlan
    /// Steps that were done.
    var step = 0
    /// Of all the run's processes.
    var seconds = 0.0
    var best: Best?
    /// Validations since the best.
    var worse = 0
    /// The step whose validation was the last.
    var validated = 0
    /// Of the steps since the last line of the history.
    var lossSum = 0.0
    var lossCount = 0
    /// Bytes of the history file that belong to these steps.
    var history = 0

    struct Best: Codable, Equatable {
        var step: Int
        var result: ValidationResult
    }
}

/// A run's state on the disk: `checkpoint-STEP.safetensors` and, written after it, `checkpoint-STEP.json`. Only a pair
/// counts, so a process that is killed while it writes leaves the one before.
struct CheckpointStore {
    let folder: WorkFolder
    /// How many are kept.
    static let kept = 2

    func write(_ state: RunState, tensors: [String: Tensor]) throws {
        let name = "checkpoint-\(Self.digits(state.step))"
        var writer = WeightsFileWriter()
        for (name, tensor) in tensors { writer.add(name, tensor, as: .f32) }
        try writer.write(to: folder.url.appending(path: name + ".safetensors"))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        try Self.replace(folder.url.appending(path: name + ".json"), with: try encoder.encode(state))
        try remove(but: try steps().suffix(Self.kept))
    }

    /// The newest that can be read; nil when there is none.
    /// - Throws: ``LearningError/workFolder(path:problem:)`` where there are some and none can be read: to begin anew would
    ///   lose what they hold.
    func newest() throws -> (state: RunState, tensors: [String: Tensor])? {
        let all = try steps()
        for step in all.reversed() {
            if let found = try? read(step) { return found }
        }
        guard all.isEmpty else {
            throw LearningError.workFolder(
                path: folder.url.path,
                problem: "none of its checkpoints can be read; let this user read them, or begin anew with --restart")
        }
        return nil
    }

    /// Of all checkpoints and weights that the folder holds.
    var bytes: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") }.reduce(0) { sum, name in
            let path = folder.url.appending(path: name).path
            let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber
            return sum + (size?.intValue ?? 0)
        }
    }

    var hasAny: Bool { get throws { try !steps().isEmpty } }

    /// Makes the folder fit for a run that begins anew.
    func removeAll() throws {
        try remove(but: [])
        for file in [folder.history, folder.best, folder.last] { try? FileManager.default.removeItem(at: file) }
    }

    private func read(_ step: Int) throws -> (state: RunState, tensors: [String: Tensor]) {
        let name = "checkpoint-\(Self.digits(step))"
        let data = try Data(contentsOf: folder.url.appending(path: name + ".json"))
        let state = try JSONDecoder().decode(RunState.self, from: data)
        let file = try WeightsFile(contentsOf: folder.url.appending(path: name + ".safetensors"))
        let tensors = try file.names.map { ($0, try file.tensor($0)) }
        return (state, Dictionary(uniqueKeysWithValues: tensors))
    }

    /// Rising.
    private func steps() throws -> [Int] {
        try names().compactMap { name in
            guard name.hasPrefix("checkpoint-"), name.hasSuffix(".json") else { return nil }
            return Int(name.dropFirst("checkpoint-".count).dropLast(".json".count))
        }.sorted()
    }

    private func names() throws -> [String] {
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        } catch {
            throw LearningError.workFolder(path: folder.url.path, problem: "the folder cannot be listed")
        }
    }

    /// Other steps' files, with what a process left that was killed while it wrote.
    private func remove(but kept: [Int]) throws {
        for name in try names() {
            // What is being written may begin with a dot.
            let shown = name.drop { $0 == "." }
            guard shown.hasPrefix("checkpoint-"),
                let step = Int(shown.dropFirst("checkpoint-".count).prefix { $0.isNumber }), !kept.contains(step)
            else { continue }
            try? FileManager.default.removeItem(at: folder.url.appending(path: name))
        }
    }

    private static func digits(_ step: Int) -> String {
        let text = String(step)
        return String(repeating: "0", count: max(0, 9 - text.count)) + text
    }

    /// The new bytes are on the disk before they bear the name.
    private static func replace(_ file: URL, with data: Data) throws {
        let partial = file.appendingPathExtension("partial")
        do {
            try data.write(to: partial)
            let handle = try FileHandle(forUpdating: partial)
            try handle.synchronize()
            try handle.close()
        } catch {
            throw LearningError.workFolder(path: partial.path, problem: "it cannot be written")
        }
        guard rename(partial.path, file.path) == 0 else {
            throw LearningError.workFolder(path: file.path, problem: "it cannot be replaced")
        }
    }
}
