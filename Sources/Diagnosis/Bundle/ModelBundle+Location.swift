public import Foundation

extension ModelBundle {
    /// Where a bundle lies when nobody names one: `HILUM_BUNDLE`; beside the program, in `../share/hilum/bundle`; in
    /// `Models/default` of a folder above the program or above the current folder.
    /// - Throws: ``BundleError/notFound(searched:)``
    public static func locateDefault() throws -> URL {
        try locateDefault(
            environment: ProcessInfo.processInfo.environment,
            program: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath(),
            currentFolder: URL(filePath: FileManager.default.currentDirectoryPath))
    }

    static func locateDefault(environment: [String: String], program: URL, currentFolder: URL) throws -> URL {
        if let named = environment["HILUM_BUNDLE"], !named.isEmpty {
            let folder = URL(filePath: named)
            guard isBundle(folder) else { throw BundleError.notFound(searched: [folder.path]) }
            return folder
        }
        let installed = program.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "share/hilum/bundle")
        let above = [program.deletingLastPathComponent(), currentFolder].flatMap(foldersUpward)
        let candidates = [installed] + above.map { $0.appending(path: "Models/default") }
        guard let found = candidates.first(where: isBundle) else {
            throw BundleError.notFound(
                searched: [
                    installed.path, "Models/default above \(program.deletingLastPathComponent().path)",
                    "Models/default above \(currentFolder.path)",
                ])
        }
        return found
    }

    private static func isBundle(_ folder: URL) -> Bool {
        FileManager.default.fileExists(atPath: folder.appending(path: "bundle.yaml").path)
    }

    private static func foldersUpward(_ folder: URL) -> [URL] {
        var folders = [folder.standardizedFileURL]
        while let last = folders.last, last.path != "/", folders.count < 64 {
            folders.append(last.deletingLastPathComponent().standardizedFileURL)
        }
        return folders
    }
}
