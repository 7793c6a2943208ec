import DICOMCore
import Foundation

/// A folder's files by name. POSIX names are bytes and need not be UTF-8, as on discs that were written under Windows in
/// another language, and Foundation's paths can't say the others.
enum FolderNames {
    struct Name {
        /// What people are shown: bytes that are no UTF-8 stand as `%HH`.
        var shown: String
        /// Where this process finds the file.
        var file: URL
        /// It is a folder, and no link to one.
        var isFolder: Bool
    }

    /// In the order of the names' bytes, without what begins with a dot.
    /// - Returns: nil for a folder that can't be looked into.
    static func list(_ folder: URL) -> [Name]? {
        FolderReader.names(in: folder.path)?
            .filter { $0.first != UInt8(ascii: ".") }
            .sorted { $0.lexicographicallyPrecedes($1) }
            .map { name(of: $0, in: folder) }
    }

    private static func name(of bytes: [UInt8], in folder: URL) -> Name {
        let path = (Array("\(folder.path)/".utf8) + bytes).map(CChar.init(bitPattern:)) + [0]
        var status = stat()
        let isFolder = lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        if let name = String(validating: bytes, as: UTF8.self) {
            return Name(shown: name, file: folder.appending(path: name), isFolder: isFolder)
        }
        return Name(
            shown: escaped(bytes), file: reached(path) ?? folder.appending(path: escaped(bytes)),
            isFolder: isFolder)
    }

    /// A path by a descriptor, which stays open as long as the process: whoever has the path may use it at any time.
    private static func reached(_ path: [CChar]) -> URL? {
        #if os(Linux)
            let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
            return descriptor < 0 ? nil : URL(filePath: "/proc/self/fd/\(descriptor)")
        #else
            return nil
        #endif
    }

    private static func escaped(_ bytes: [UInt8]) -> String {
        var result = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = (1...4).first { length in
                rest.count >= length && String(validating: rest.prefix(length), as: UTF8.self) != nil
            }
            if let length, let text = String(validating: rest.prefix(length), as: UTF8.self) {
                result += text
                rest = rest.dropFirst(length)
            } else {
                let digits = String(first, radix: 16, uppercase: true)
                result += "%" + (digits.count < 2 ? "0" : "") + digits
                rest = rest.dropFirst()
            }
        }
        return result
    }
}
