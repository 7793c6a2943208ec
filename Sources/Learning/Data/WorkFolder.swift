public import Foundation

/// The folder that a run keeps its files in.
public struct WorkFolder: Sendable {
    public let url: URL

    /// Makes the folder.
    /// - Throws: ``LearningError/workFolder(path:problem:)``
    public init(_ url: URL) throws {
        self.url = url
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw LearningError.workFolder(path: url.path, problem: "the folder cannot be made")
        }
    }

    /// One JSON object a line: losses and validations.
    public var history: URL { url.appending(path: "history.jsonl") }
    /// The averaged weights of the best validation.
    public var best: URL { url.appending(path: "best.safetensors") }
    /// The averaged weights at the end.
    public var last: URL { url.appending(path: "last.safetensors") }

    /// - Parameter bytes: that the run will write at most.
    /// - Throws: ``LearningError/workFolder(path:problem:)`` when the disk has less room.
    public func requireRoom(_ bytes: Int) throws {
        guard bytes > 0 else { return }
        let attributes = try? FileManager.default.attributesOfFileSystem(forPath: url.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, free < bytes else { return }
        throw LearningError.workFolder(
            path: url.path,
            problem: "the run needs \(Self.megabytes(bytes)) MB of disk, \(Self.megabytes(free)) MB are free")
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + 999_999) / 1_000_000 }
}
