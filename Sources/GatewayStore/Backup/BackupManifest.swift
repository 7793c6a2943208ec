public import Foundation

/// What a backup holds: every file with its length and SHA-256. It is written last, so that a backup with a manifest
/// and without the mark of an unfinished one is whole.
public struct BackupManifest: Codable, Hashable, Sendable {
    public struct File: Codable, Hashable, Sendable {
        /// Relative to the backup's folder.
        public var path: String
        public var bytes: Int64
        /// Of the whole file, hexadecimal.
        public var sha256: String
    }

    /// Of the manifest itself.
    static let currentFormat = 1

    public var format: Int
    /// When the database was copied.
    public var madeAt: Date
    /// Version of Hilum that made it.
    public var software: String
    /// Device UID (0018,1002) of the node.
    public var deviceUID: String
    public var studies: Int
    /// The database first.
    public var files: [File]

    public var bytes: Int64 { files.reduce(0) { $0 + $1.bytes } }
}

extension BackupManifest {
    func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(self)
    }

    /// Nil for what is none, or one of a later format.
    init?(_ data: Data) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        guard let manifest = try? decoder.decode(Self.self, from: data), manifest.format == Self.currentFormat,
            manifest.files.allSatisfy({ Self.isPlain($0.path) })
        else { return nil }
        self = manifest
    }

    /// Nothing that a manifest says leads out of the folder that it is restored to.
    private static func isPlain(_ path: String) -> Bool {
        if path == BackupFolder.databaseName { return true }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && ["objects", "results"].contains(parts[0])
            && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") }
    }
}
