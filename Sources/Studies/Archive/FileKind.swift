public import Foundation

/// What a file is by its first bytes; its name says nothing.
public enum FileKind: String, Codable, Sendable {
    case dicom, jpeg, png

    /// Bytes that `init(prefix:)` wants to see.
    public static let prefixLength = 140

    /// Nil for every other kind of file.
    public init?(prefix: some Collection<UInt8>) {
        let bytes = Array(prefix.prefix(Self.prefixLength))
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = .png
        } else if bytes.dropFirst(128).starts(with: Array("DICM".utf8)) || Self.looksLikeDataSet(bytes) {
            self = .dicom
        } else {
            return nil
        }
    }

    /// Nil for other kinds, and for files that can't be opened.
    public init?(of file: URL) {
        guard let prefix = Self.prefix(of: file, Self.prefixLength) else { return nil }
        self.init(prefix: prefix)
    }

    /// A file's first bytes; nil for one that can't be opened, and for what is no file: a pipe would be waited for.
    static func prefix(of file: URL, _ count: Int) -> Data? {
        var status = stat()
        guard stat(file.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        guard let handle = try? FileHandle(forReadingFrom: file) else { return nil }
        defer { try? handle.close() }
        // Nil is the end of the file too.
        return try? handle.read(upToCount: count) ?? Data()
    }

    /// A data set without preamble starts with an element of group 0002 or 0008: explicit with two capital letters as
    /// VR, or implicit with a length that such an element can have.
    private static func looksLikeDataSet(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 12 else { return false }
        let isLittle = (bytes[0] == 0x02 || bytes[0] == 0x08) && bytes[1] == 0
        let isBig = bytes[0] == 0 && bytes[1] == 0x08
        guard isLittle || isBig else { return false }
        let capitals = UInt8(ascii: "A")...UInt8(ascii: "Z")
        if capitals.contains(bytes[4]), capitals.contains(bytes[5]) { return true }
        let element = Int(bytes[2]) | Int(bytes[3]) << 8
        return isLittle && element < 0x1200 && bytes[5] == 0 && bytes[6] == 0 && bytes[7] == 0
    }
}
