public import Foundation

/// Walks files and folders in a fixed order (by name), one folder's names in memory at a time.
public struct ArchiveWalk: Sequence, IteratorProtocol, Sendable {
    /// One file.
    public struct Entry: Hashable, Sendable {
        public var file: URL
        /// The path below the root that it was found under; its name when the root is the file.
        public var relativePath: String
        /// The caller named the file itself: it is no bystander in a folder.
        public var isNamed: Bool
        /// Which of the roots.
        public var root: Int

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
            Entry(file: root, relativePath: root.lastPathComponent, isNamed: true, root: index)
        }
    }

    public mutating func next() -> Entry? {
        while let entry = stack.popLast() {
            guard Self.isFolder(entry) else { return entry }
            if let leftOut, !entry.isNamed, Self.place(entry.file) == leftOut { continue }
            // A folder that can't be looked into is handed over as a file that can't be read.
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: entry.file.path) else {
                return entry
            }
            for name in names.sorted(by: >) where !name.hasPrefix(".") {
                let path = entry.isNamed ? name : "\(entry.relativePath)/\(name)"
                stack.append(
                    Entry(
                        file: entry.file.appending(path: name), relativePath: path, isNamed: false,
                        root: entry.root))
            }
        }
        return nil
    }

    private static func place(_ folder: URL) -> String {
        folder.standardizedFileURL.resolvingSymlinksInPath().path
    }

    /// Links to folders are followed only when the caller named them, so that a walk always ends.
    private static func isFolder(_ entry: Entry) -> Bool {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: entry.file.path, isDirectory: &isDirectory), isDirectory.boolValue
        else { return false }
        if entry.isNamed { return true }
        let type = try? FileManager.default.attributesOfItem(atPath: entry.file.path)[.type] as? FileAttributeType
        return type != .typeSymbolicLink
    }
}
