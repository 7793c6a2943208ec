public import Foundation

/// Names of written files, below an output folder, after those of the files they come from.
public struct OutputNames: Sendable {
    private let roots: [String]
    private let areFolders: [Bool]
    /// Stems that several of the files have that the caller named.
    private let ambiguous: Set<String>

    public init(_ roots: [URL]) {
        var seen: Set<String> = []
        self.roots = roots.map { root in
            let name = root.standardizedFileURL.lastPathComponent
            var unique = name
            var number = 2
            while !seen.insert(unique).inserted {
                unique = "\(name)-\(number)"
                number += 1
            }
            return unique
        }
        let areFolders = roots.map {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: $0.path, isDirectory: &isFolder) && isFolder.boolValue
        }
        self.areFolders = areFolders
        var stems: Set<String> = []
        ambiguous = Set(
            zip(self.roots, areFolders).filter { !$1 }.compactMap { Self.withoutEnding($0.0) }
                .filter { !stems.insert($0).inserted })
    }

    /// The path below the root; with the root's name before it where there are several.
    public func full(_ entry: ArchiveWalk.Entry) -> String {
        guard roots.indices.contains(entry.root), areFolders[entry.root] else {
            return roots.indices.contains(entry.root) ? roots[entry.root] : entry.relativePath
        }
        return roots.count == 1 ? entry.relativePath : "\(roots[entry.root])/\(entry.relativePath)"
    }

    /// As `full` without the ending of an image file, unless another file of the folder, or another that the caller named,
    /// would get the same name.
    public func stem(_ entry: ArchiveWalk.Entry) -> String {
        Self.shortened(unshortened(entry))
    }

    private func unshortened(_ entry: ArchiveWalk.Entry) -> String {
        let path = full(entry)
        guard let stem = Self.withoutEnding(path), let base = Self.withoutEnding(entry.file.path) else { return path }
        if entry.isNamed, ambiguous.contains(stem) { return path }
        let own = entry.file.pathExtension
        let hasTwin = Self.endings.contains { ending in
            [ending, ending.uppercased()].contains {
                $0 != own && FileManager.default.fileExists(atPath: "\(base).\($0)")
            }
        }
        return hasTwin || FileManager.default.fileExists(atPath: base) ? path : stem
    }

    static let dicomEndings: Set = ["dcm", "dicom", "ima"]
    static let pictureEndings: Set = ["png", "jpg", "jpeg"]
    static let endings = dicomEndings.union(pictureEndings)

    /// File systems take names of 255 bytes; what is written needs room for its own ending. A name that is cut ends with a
    /// digest of the whole.
    private static func shortened(_ path: String) -> String {
        guard let name = path.split(separator: "/").last, name.utf8.count > longestName else { return path }
        let digest = "~" + Digest.sha256(Data(name.utf8)).prefix(12)
        var kept = name
        while kept.utf8.count + digest.utf8.count > longestName { kept.removeLast() }
        return path.dropLast(name.count) + kept + digest
    }

    private static let longestName = 200

    private static func withoutEnding(_ path: String) -> String? {
        guard let dot = path.lastIndex(of: "."), endings.contains(path[dot...].dropFirst().lowercased()) else {
            return nil
        }
        let stem = path[..<dot]
        return stem.isEmpty || stem.hasSuffix("/") ? nil : String(stem)
    }
}
