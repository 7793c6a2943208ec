public import Foundation

/// What a long run has done, one JSON line per unit, so that a second run skips it. A line that was cut off when the
/// process died is dropped.
public final class StateFile<Entry: Codable & Sendable> {
    private struct Line: Codable {
        var unit: String
        var entry: Entry
    }

    private let handle: FileHandle
    /// Where each unit's line starts, and its length: the entries themselves stay in the file.
    private var places: [String: (offset: UInt64, length: Int)] = [:]
    private let path: URL
    private var end: UInt64

    /// Opens the file, or makes it.
    public init(at path: URL) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path.path) {
            guard FileManager.default.createFile(atPath: path.path, contents: nil) else {
                throw StudiesError.fileNotWritten(path.path)
            }
        }
        handle = try FileHandle(forUpdating: path)
        end = 0
        try scan()
        try handle.truncate(atOffset: end)
    }

    deinit {
        try? handle.close()
    }

    public var count: Int { places.count }

    /// What a former run noted for the unit.
    public func entry(for unit: String) -> Entry? {
        guard let place = places[unit] else { return nil }
        try? handle.seek(toOffset: place.offset)
        guard let data = try? handle.read(upToCount: place.length) else { return nil }
        return (try? JSONDecoder().decode(Line.self, from: data))?.entry
    }

    public func note(_ entry: Entry, for unit: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(Line(unit: unit, entry: entry))
        data.append(UInt8(ascii: "\n"))
        try handle.seek(toOffset: end)
        try handle.write(contentsOf: data)
        places[unit] = (end, data.count)
        end += UInt64(data.count)
    }

    private func scan() throws {
        var buffer = Data()
        let decoder = JSONDecoder()
        while let piece = try handle.read(upToCount: 1 << 16), !piece.isEmpty {
            buffer.append(piece)
            while let newline = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                let line = buffer[...newline]
                if let unit = try? decoder.decode(Line.self, from: Data(line)).unit {
                    places[unit] = (end, line.count)
                }
                end += UInt64(line.count)
                buffer = Data(buffer[(newline + 1)...])
            }
        }
    }
}
