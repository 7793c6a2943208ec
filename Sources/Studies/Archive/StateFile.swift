public import Foundation
import Synchronization

/// What a long run has done, one JSON line per unit, so that a second run skips it. A line that was cut off when the
/// process died is dropped.
public final class StateFile<Entry: Codable & Sendable>: Sendable {
    private struct Line: Codable {
        var unit: String
        var entry: Entry
    }

    private struct Contents {
        /// Where each unit's line starts, and its length: the entries themselves stay in the file.
        var places: [String: (offset: UInt64, length: Int)] = [:]
        var end: UInt64 = 0
    }

    private let handle: FileHandle
    private let contents = Mutex(Contents())

    /// Opens the file, or makes it.
    public init(at path: URL) throws {
        if !FileManager.default.fileExists(atPath: path.path) {
            guard FileManager.default.createFile(atPath: path.path, contents: nil) else {
                throw StudiesError.fileNotWritten(path.path)
            }
        }
        guard let handle = try? FileHandle(forUpdating: path) else { throw StudiesError.fileNotWritten(path.path) }
        self.handle = handle
        let found = try Self.scan(handle)
        try handle.truncate(atOffset: found.end)
        contents.withLock { $0 = found }
    }

    deinit {
        try? handle.close()
    }

    public var count: Int { contents.withLock { $0.places.count } }

    /// What a former run noted for the unit.
    public func entry(for unit: String) -> Entry? {
        let data: Data? = contents.withLock { contents in
            guard let place = contents.places[unit] else { return nil }
            try? handle.seek(toOffset: place.offset)
            return try? handle.read(upToCount: place.length)
        }
        return data.flatMap { try? JSONDecoder().decode(Line.self, from: $0) }?.entry
    }

    public func note(_ entry: Entry, for unit: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(Line(unit: unit, entry: entry))
        data.append(UInt8(ascii: "\n"))
        try contents.withLock { contents in
            try handle.seek(toOffset: contents.end)
            try handle.write(contentsOf: data)
            contents.places[unit] = (contents.end, data.count)
            contents.end += UInt64(data.count)
        }
    }

    private static func scan(_ handle: FileHandle) throws -> Contents {
        var contents = Contents()
        var buffer = Data()
        let decoder = JSONDecoder()
        while let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty {
            buffer.append(piece)
            while let newline = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Data(buffer[...newline])
                if let unit = try? decoder.decode(Line.self, from: line).unit {
                    contents.places[unit] = (contents.end, line.count)
                }
                contents.end += UInt64(line.count)
                buffer.removeSubrange(...newline)
            }
        }
        return contents
    }
}
