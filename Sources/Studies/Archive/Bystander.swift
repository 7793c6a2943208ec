import Foundation

/// Files that a walk passes over. Most are what they seem to be, a viewer's programs and pages; some, whoever put them
/// there took for images.
enum Bystander {
    /// Why a file is worth naming; nil for one that nobody misses.
    /// - Parameter endings: of the names of files that are looked for.
    static func remark(_ file: URL, endings: Set<String>) -> String? {
        guard let prefix = FileKind.prefix(of: file, 512) else { return nil }
        if prefix.isEmpty { return "is empty" }
        if let kind = archives.first(where: { prefix.starts(with: $0.magic) })?.name {
            return "is a \(kind) archive, which must be unpacked first"
        }
        guard endings.contains(file.pathExtension.lowercased()) else { return nil }
        let start = String(decoding: prefix, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        let isPage = start.hasPrefix("<!doctype html") || start.hasPrefix("<html")
        return isPage ? "is a web page in spite of its name" : "is not what its name says"
    }

    private static let archives: [(name: String, magic: [UInt8])] = [
        ("ZIP", [0x50, 0x4B, 0x03, 0x04]), ("ZIP", [0x50, 0x4B, 0x05, 0x06]), ("gzip", [0x1F, 0x8B]),
        ("7-Zip", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C]), ("RAR", [0x52, 0x61, 0x72, 0x21]),
        ("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A]), ("bzip2", [0x42, 0x5A, 0x68]),
    ]
}
