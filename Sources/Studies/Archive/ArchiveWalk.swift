public import Foundation

/// Walks files and folders in a fixed order (by name), one folder's names in memory at a time.
public struct ArchiveWalk: Sequence, IteratorProtocol, Sendable {
    /// One file.
    public struct Entry: Hashable, Sendable {
        public var file: URL
        /// The path below the root that it was found under; its name when the root is the file.
        public var relativePath: String
        /// For people: the root as the caller wrote it, and the path below it.
        public var shown: String
        /// The caller named the file itself: it is no bystander in a folder.
        public var isNamed: Bool
        /// Which of the roots.
        public var root: Int
        /// A folder that was met on the walk. Links to folders are followed only when the caller named them, so that a
        /// walk always ends.
        fileprivate var isFolder = false

        /// Whether this process may open it, and it is there: a link may lead nowhere.
        public var isReadable: Bool { FileManager.default.isReadableFile(atPath: file.path) }
    }

    /// Still to come; the last one is next.
    private var stack: [Entry]
    /// Without links.
    private let leftOut: String?

    /// - Parameter folder: one that is not entered where it lies below a root: results, which are no sources.
    public init(_ roots: [URL], leavingOut folder: URL? = nil) {
        leftOut = folder.map(Self.place)
        stack = roots.enumerated().reversed().map { index, root in
            Entry(
                file: root, relativePath: root.lastPathComponent, shown: root.relativePath, isNamed: true, root: index)
        }
    }

    public mutating func next() -> Entry? {
        while let entry = stack.popLast() {
            guard entry.isFolder || entry.isNamed && Self.isFolder(entry.file) else { return entry }
            if let leftOut, !entry.isNamed, Self.place(entry.file) == leftOut { continue }
            // A folder that can't be looked into is handed over as a file that can't be read.
            guard let names = FolderNames.list(entry.file) else { return entry }
            for name in names.reversed() {
                let path = entry.isNamed ? name.shown : "\(entry.relativePath)/\(name.shown)"
                stack.append(
                    Entry(
                        file: name.file, relativePath: path, shown: "\(entry.shown)/\(name.shown)", isNamed: false,
                        root: entry.root, isFolder: name.isFolder))
            }
        }
        return nil
    }

    private static func place(_ folder: URL) -> String {
        folder.standardizedFileURL.resolvingSymlinksInPath().path
    }

    private static func isFolder(_ file: URL) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: file.path, isDirectory: &isDirectory) && isDirectory.boolValue
    }
}
