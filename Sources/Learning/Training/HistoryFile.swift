import Foundation

/// A run's losses and validations, one JSON object a line:
///
///     {"imagesPerSecond":41.5,"loss":1.0312,"rate":0.008,"seconds":12.5,"side":128,"step":10}
///     {"seconds":80.1,"step":200,"validation":{"accuracy":0.61,"loss":0.98,"macroF1":0.6}}
final class HistoryFile {
    private struct Step: Encodable {
        var step: Int
        var seconds: Double
        var side: Int
        var loss: Float
        var rate: Float
        var imagesPerSecond: Double
    }

    private struct Validation: Encodable {
        var step: Int
        var seconds: Double
        var validation: ValidationResult
    }

    private let file: URL
    private let handle: FileHandle
    private let encoder = JSONEncoder()
    /// Bytes so far.
    private(set) var count: Int

    /// - Parameter count: bytes that stay; what a killed process wrote after its last checkpoint goes.
    init(_ file: URL, keeping count: Int) throws {
        self.file = file
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
            handle = try FileHandle(forUpdating: file)
            let size = Int(try handle.seekToEnd())
            self.count = min(size, count)
            try handle.truncate(atOffset: UInt64(self.count))
        } catch {
            throw LearningError.workFolder(path: file.path, problem: "it cannot be written")
        }
    }

    deinit { try? handle.close() }

    func add(_ progress: TrainingProgress) throws {
        try add(
            Step(
                step: progress.step, seconds: progress.seconds, side: progress.side, loss: progress.loss,
                rate: progress.rate, imagesPerSecond: progress.imagesPerSecond))
    }

    func add(step: Int, seconds: Double, _ result: ValidationResult) throws {
        try add(Validation(step: step, seconds: seconds, validation: result))
    }

    private func add(_ line: some Encodable) throws {
        do {
            let data = try encoder.encode(line) + Data("\n".utf8)
            try handle.write(contentsOf: data)
            count += data.count
        } catch {
            throw LearningError.workFolder(path: file.path, problem: "it cannot be written")
        }
    }
}
