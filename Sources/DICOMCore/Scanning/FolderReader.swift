#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Folders as POSIX has them: names are bytes, which need not be UTF-8.
public enum FolderReader {
    /// The names in a folder, in no order, without `.` and `..`; nil, and `errno` says why, for one that can't be looked into.
    public static func names(in path: String) -> [[UInt8]]? {
        guard let directory = opendir(path) else { return nil }
        defer { closedir(directory) }
        var names: [[UInt8]] = []
        while let entry = readdir(directory) {
            let name = name(of: entry)
            if name != [dot], name != [dot, dot] { names.append(name) }
        }
        return names
    }

    /// An entry is as long as its name, and not the 256 bytes that the structure declares: read as a value it would reach
    /// beyond the buffer that holds it.
    static func name(of entry: UnsafePointer<dirent>) -> [UInt8] {
        let start = UnsafeRawPointer(entry) + (MemoryLayout<dirent>.offset(of: \dirent.d_name) ?? 0)
        let length = strlen(start.assumingMemoryBound(to: CChar.self))
        return Array(UnsafeRawBufferPointer(start: start, count: length))
    }

    private static let dot = UInt8(ascii: ".")
}
