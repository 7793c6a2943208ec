public import Foundation

/// An evaluation's results as JSON lines: a heading, then one image a line as it is done, so that a second run goes on
/// where the first was interrupted.
public final class ImageResultFile<Heading: Codable & Hashable & Sendable, Result: Codable & Sendable> {
    /// Why a file cannot be used.
    public struct Problem: Error, CustomStringConvertible {
        public let description: String
    }

    /// Those that the file held already.
    public let results: [Result]
    private let handle: FileHandle
    private let path: String
    private let encoder = JSONEncoder()

    /// Opens the file or makes it. A last line that an interruption cut off is taken away.
    /// - Throws: ``Problem`` when the file cannot be written, or holds results of something else.
    public init(_ file: URL, heading: Heading) throws {
        path = file.path
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let held = (try? Data(contentsOf: file)) ?? Data()
        let whole = held.lastIndex(of: UInt8(ascii: "\n")).map { held.prefix(through: $0) } ?? Data()
        let lines = whole.split(separator: UInt8(ascii: "\n"))
        let decoder = JSONDecoder()
        if let first = lines.first {
            guard (try? decoder.decode(Heading.self, from: first)) == heading else {
                throw Problem(
                    description: "\(file.path): holds results of another bundle, manifest or test; name another folder")
            }
        }
        do {
            results = try lines.dropFirst().map { try decoder.decode(Result.self, from: $0) }
        } catch {
            throw Problem(description: "\(file.path): a line is no result, remove the file or name another folder")
        }
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
            handle = try FileHandle(forWritingTo: file)
            try handle.truncate(atOffset: UInt64(whole.count))
            try handle.seekToEnd()
        } catch {
            throw Self.unwritable(file.path, error)
        }
        if lines.isEmpty { try append(line: heading) }
    }

    deinit { try? handle.close() }

    /// - Throws: ``Problem`` when there is no room for it.
    public func append(_ result: Result) throws { try append(line: result) }

    private func append(line value: some Encodable) throws {
        do {
            try handle.write(contentsOf: encoder.encode(value) + [UInt8(ascii: "\n")])
        } catch {
            throw Self.unwritable(path, error)
        }
    }

    private static func unwritable(_ path: String, _ error: any Error) -> Problem {
        Problem(
            description:
                "\(path): can't be written (\(error.localizedDescription)), check the folder and the free space")
    }
}
